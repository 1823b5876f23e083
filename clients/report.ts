import { AsyncLocalStorage } from "node:async_hooks";
import { currentUrn } from "./on-behalf";
import { redact } from "./redact";

/** A line for the user who runs an update. */
export interface Report {
  readonly line: string;
  /** The subject, such as `OllamaModel smollm2:135m`, if the line does not name it. */
  readonly subject?: string;
  /** True for temporary news, such as a percentage: shown while it lasts, and not listed at the end. */
  readonly passing: boolean;
  /** URN of the resource it is about, if any. */
  readonly urn?: string;
}

type Reporter = (report: Report) => void;
type Say = (line: string) => void;

const listeners = new AsyncLocalStorage<Say>();
let reporter: Reporter = (report) => console.log(reportText(report));

/**
 * Reports a line to the user. By default it is printed; the engine shows a provider's output as information on the
 * stack, so the line must name its subject.
 */
export function report(line: string, about: Partial<Pick<Report, "subject" | "passing">> = {}): void {
  const { subject, passing = false } = about;
  const news = { line: redact(line, []), subject, passing, urn: currentUrn() || undefined };
  const say = listeners.getStore();
  if (say === undefined) reporter(news);
  else say(reportText(news));
}

/** A report as one self-contained line. */
export function reportText({ line, subject }: Report): string {
  return subject === undefined ? line : `${subject}: ${line}`;
}

/** Runs a task with its reports sent to `say`, because a command's standard output is for its result. */
export function reportingTo<T>(say: Say, task: () => T): T {
  return listeners.run(say, task);
}

/** Sends this process's reports elsewhere from now on, and returns the previous reporter. */
export function reportTo(next: Reporter): Reporter {
  const before = reporter;
  reporter = next;
  return before;
}
