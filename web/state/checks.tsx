import { useEffect, useState } from "preact/hooks";
import { eventsOf, lost, posted, problemOf } from "../backend";
import { ProblemBox } from "../problem";
import { type Check, type CheckResult, checkEventSchema, type Problem } from "../protocol";
import { counted } from "../words";

/** Each with a word, so that no colour has to be seen. */
const STATES = { ok: "fine", warn: "warning", fail: "fault", skipped: "skipped", running: "checking" } as const;

/** Doctor's checks, as they come. */
export function Checks() {
  const { checks, results, running, problem, look } = useChecks();
  const groups = [...new Set(checks.map(({ group }) => group))];
  const all = [...results.values()];
  const found = [...all.filter(({ status }) => status === "fail"), ...all.filter(({ status }) => status === "warn")];
  const count = (status: CheckResult["status"]) => all.filter((result) => result.status === status).length;
  return (
    <section aria-labelledby="checks-title">
      <div class="title">
        <h3 id="checks-title">Checks</h3>
        <button type="button" disabled={running} onClick={look}>
          Check again
        </button>
      </div>
      <p role="status">
        {running
          ? `Checking: ${all.length} of ${checks.length} done`
          : checks.length > 0 &&
            `${counted(count("fail"), "fault")}, ${counted(count("warn"), "warning")}, ${count("ok")} fine`}
      </p>
      {problem && <ProblemBox problem={problem} onRetry={look} />}
      {found.length > 0 && (
        <>
          <h4>To mend</h4>
          <ul class="checks">
            {found.map((result) => (
              <CheckLine key={result.id} check={result} result={result} isExplained />
            ))}
          </ul>
        </>
      )}
      {groups.map((group) => (
        <div key={group}>
          <h4>{group}</h4>
          <ul class="checks">
            {checks
              .filter((check) => check.group === group)
              .map((check) => (
                <CheckLine key={check.id} check={check} result={results.get(check.id)} />
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

interface CheckLineProps {
  readonly check: Check;
  readonly result: CheckResult | undefined;
  /** Whether cause and fix are shown. */
  readonly isExplained?: boolean;
}

function CheckLine({ check, result, isExplained = false }: CheckLineProps) {
  const status = result?.status ?? "running";
  return (
    <li class={status}>
      <span class="status">{STATES[status]}</span>
      <div>
        <b>{check.title}</b> {result && <span class="seen">{result.seen}</span>}
        {isExplained && result?.cause && <p>Cause: {result.cause}</p>}
        {isExplained && result?.fix && <p>What to do: {result.fix}</p>}
      </div>
    </li>
  );
}

function useChecks() {
  const [checks, setChecks] = useState<readonly Check[]>([]);
  const [results, setResults] = useState<ReadonlyMap<string, CheckResult>>(new Map());
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async () => {
    setRunning(true);
    setProblem(undefined);
    setResults(new Map());
    try {
      for await (const event of eventsOf("/api/checks", posted({}), checkEventSchema)) {
        if (event.type === "checks") setChecks(event.checks);
        if (event.type === "result") setResults((before) => new Map(before).set(event.result.id, event.result));
        if (event.type === "failed") return setProblem(event.problem);
        if (event.type === "done") return;
      }
      throw lost();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setRunning(false);
    }
  };
  const look = () => void run();
  useEffect(look, []);
  return { checks, results, running, problem, look };
}
