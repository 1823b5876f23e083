import type { Scene } from "./scene";

export type Status = "ok" | "warn" | "fail" | "skipped";

/** A safe repair that `--fix` may run. */
export interface Repair {
  /** Repairs with the same id run once, however many findings ask for them. */
  readonly id: string;
  /** Completes "doctor will …". */
  readonly action: string;
  readonly run: (say: (line: string) => void) => Promise<void>;
}

/** What one check found. */
export interface Outcome {
  readonly status: Status;
  /** The observation, as text without secrets. */
  readonly seen: string;
  /** Id of a symptom in `diagnosis/`, which has cause and fix. */
  readonly symptom?: string;
  /** The error, if no symptom is known. */
  readonly error?: unknown;
  /** Replaces placeholders in the symptom's fix, such as `NAME` or a path in capitals. */
  readonly names?: Readonly<Record<string, string>>;
  readonly repair?: Repair;
  /** The check was skipped, and checks that need it are skipped for the same reason. */
  readonly blocks?: boolean;
}

/** A check of one link of the chain. */
export interface Check {
  /** Never changes: scripts read it from `--json`. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Skip unless these checks found their object. */
  readonly needs?: readonly string[];
  /** Skip if one of these checks failed. That they were skipped does not matter. */
  readonly unlessFailed?: readonly string[];
  /** Run after these, whatever their result. */
  readonly after?: readonly string[];
  /** Whether a 403 is a failure. In other checks it only means that the user may not look. */
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

/** Skipped. Checks that need this one still run. */
export function skip(seen: string): Outcome {
  return { status: "skipped", seen };
}

/** Skipped, since there is nothing to check. Checks that need this one are skipped too. */
export function nothing(seen: string): Outcome {
  return { status: "skipped", seen, blocks: true };
}
