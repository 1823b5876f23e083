import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../diagnosis/failure";
import { packageRoot } from "../toolchain/package-root";
import { endChildrenOnSignals } from "../toolchain/run";
import { readSelection } from "../toolchain/selection";
import type { BenchCase, BenchContext } from "./bench-case";
import { answers } from "./cases/answers";
import { fullStack } from "./cases/full-stack";
import { models } from "./cases/models";
import { retrieval } from "./cases/retrieval";
import { setUp } from "./cases/set-up";
import { load, machine, versions } from "./machine";
import { pageBlocks, writePages } from "./page";
import { type CaseResult, type Measured, merged, type Results, resultsSchema } from "./results";

/** In the order of the page. */
const CASES: readonly BenchCase[] = [setUp, fullStack, models, answers, retrieval];
const IDS = CASES.map(({ id }) => id);
const RESULTS = join(packageRoot, "docs", "bench", "results.json");

const USAGE = `Usage: npm run bench [-- [case ...] [options]]

${CASES.map(({ id, question }) => `  ${id.padEnd(12)}${question}`).join("\n")}

  --runs N      how often each side is measured (3); a cold set-up and retrieval are measured once
  --quick       small sizes and one run, to try the bench itself; keeps no results
  --no-write    print only: leave docs/bench and the pages as they are
  --render      measure nothing; write the tables anew from docs/bench/results.json

Servers are the toolchain's, and are stopped at the end.`;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    allowNegative: true,
    options: {
      runs: { type: "string", default: "3" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: true },
      render: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const runs = values.quick ? 1 : Number(values.runs);
  const isWrong = positionals.some((id) => !IDS.includes(id)) || !Number.isInteger(runs) || runs < 1;
  if (values.help || isWrong) {
    console.log(USAGE);
    return isWrong ? 2 : 0;
  }
  const earlier = readResults();
  if (values.render) {
    if (earlier === undefined) throw new Error(`There are no results in ${RESULTS}: run npm run bench first.`);
    writePages(earlier);
    return 0;
  }
  const toolchain = readSelection();
  if (toolchain === undefined) throw new Error("The bench runs under the toolchain only: npm run bench.");
  const chosen = CASES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  const now = await measure(chosen, { runs, toolchain, quick: values.quick });
  if (values.write && !values.quick) write(merged(earlier, now, IDS));
  console.log(pageBlocks(now)["performance.md"]?.rows);
  return now.cases.some(({ error }) => error !== undefined) ? 1 : 0;
}

type Settings = Omit<BenchContext, "say">;

async function measure(chosen: readonly BenchCase[], settings: Settings): Promise<Results> {
  const cases: CaseResult[] = [];
  for (const each of chosen) cases.push(await runCase(each, settings));
  return { v: 2, versions: versions(), cases };
}

/** A case that fails is reported with the reason; the others go on. */
async function runCase({ id, run }: BenchCase, settings: Settings): Promise<CaseResult> {
  const say = (line: string) => console.error(`${id}: ${line}`);
  const startedAt = new Date().toISOString();
  const before = load();
  const started = performance.now();
  let measured: Measured = { rows: [] };
  let error: string | undefined;
  say(`load ${before}`);
  try {
    measured = await run({ ...settings, say });
  } catch (problem) {
    error = messageOf(problem);
    say(error);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  return { id, startedAt, machine: machine(), load: [before, load()], seconds, ...measured, error };
}

function write(results: Results): void {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writePages(results);
}

function readResults(): Results | undefined {
  try {
    return resultsSchema.parse(JSON.parse(readFileSync(RESULTS, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

endChildrenOnSignals();
main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  },
);
