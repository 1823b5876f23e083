import type { Scene } from "./scene";

export type Status = "ok" | "warn" | "fail" | "skipped";

/** Something safe that `--fix` may do about a finding. */
export interface Repair {
  /** What is done once, though several findings may ask for it. */
  readonly id: string;
  /** Completes "doctor will …". */
  readonly action: string;
  readonly run: (say: (line: string) => void) => Promise<void>;
}

/** What one check found. */
export interface Outcome {
  readonly status: Status;
  /** What was seen, for a person; without secrets. */
  readonly seen: string;
  /** Row of the tables in `diagnosis/`. */
  readonly symptom?: string;
  /** What failed, where no row is known. */
  readonly error?: unknown;
  /** What stands for words in capitals in that row's fix: `NAME`, or a path. */
  readonly names?: Readonly<Record<string, string>>;
  readonly repair?: Repair;
  /** A skipped check whose dependents are skipped as well, for the same reason. */
  readonly blocks?: boolean;
}

/** One link of the chain. */
export interface Check {
  /** Stable, for scripts that read `--json`. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Checks that must have found their thing: without it this one would only repeat that it is missing. */
  readonly needs?: readonly string[];
  /** Checks that must not have failed; that there was nothing to look at is no hindrance. */
  readonly unlessFailed?: readonly string[];
  /** Checks that only have to be over, since this one changes what they look at. */
  readonly after?: readonly string[];
  /** True where a 403 is a finding; elsewhere it only means that this user may not look. */
  readonly essential?: boolean;
  readonly run: (scene: Scene) => Promise<Outcome>;
}

export function ok(seen: string): Outcome {
  return { status: "ok", seen };
}

export function warn(symptom: string, seen: string, repair?: Repair): Outcome {
  return { status: "warn", seen, symptom, repair };
}

export function fail(symptom: string, seen: string, repair?: Repair): Outcome {
  return { status: "fail", seen, symptom, repair };
}

/** Not looked at, and no reason to doubt what builds on it. */
export function notHere(seen: string): Outcome {
  return { status: "skipped", seen };
}

/** Not there to be looked at, nor is anything that builds on it. */
export function nothing(seen: string): Outcome {
  return { status: "skipped", seen, blocks: true };
}
