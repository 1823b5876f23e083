import { AsyncLocalStorage } from "node:async_hooks";
import { resourceInCharge } from "./on-behalf";
import { redact } from "./redact";

/** One line for the person who watches an update. */
export interface Report {
  readonly line: string;
  /** What it is about, such as `OllamaModel smollm2:135m`, where the line itself does not say so. */
  readonly subject?: string;
  /** True for news of the moment, such as a percentage: shown while it lasts, and not listed again at the end. */
  readonly passing: boolean;
  /** URN of the resource it is about, if one is in charge. */
  readonly urn?: string;
}

type Reporter = (report: Report) => void;
type Say = (line: string) => void;

const listeners = new AsyncLocalStorage<Say>();
let reporter: Reporter = (report) => console.log(reportText(report));

/**
 * Tells the person who watches an update. Where nothing else is set, the line is printed: the engine shows what a
 * provider process prints as information on the stack, so a line names the thing it is about itself.
 */
export function report(line: string, about: Partial<Pick<Report, "subject" | "passing">> = {}): void {
  const { subject, passing = false } = about;
  const news = { line: redact(line, []), subject, passing, urn: resourceInCharge() || undefined };
  const say = listeners.getStore();
  if (say === undefined) reporter(news);
  else say(reportText(news));
}

/** A report as one line that stands for itself. */
export function reportText({ line, subject }: Report): string {
  return subject === undefined ? line : `${subject}: ${line}`;
}

/** Runs a task whose lines go to `say` instead: a command's standard output is for its result. */
export function reportingTo<T>(say: Say, task: () => T): T {
  return listeners.run(say, task);
}

/** Sends the reports of this process elsewhere from now on; answers what they went to before. */
export function reportTo(next: Reporter): Reporter {
  const before = reporter;
  reporter = next;
  return before;
}
