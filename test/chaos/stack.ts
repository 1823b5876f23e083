import type { Json, Spec } from "../engine/support/resource-world";

export type Command = "up" | "refresh" | "destroy";

/** A resource in the state. */
export interface Kept {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly outputs: Json;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Which processes are killed. The quick engine is a single process, so there it makes no difference. */
export type Victim = "command" | "program" | "provider" | "all";

/** A running command. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** `kill -9`. Resolves when the victims are dead. */
  kill(victim: Victim): Promise<void>;
  /** Ends processes that survived the kill. */
  sweep(): Promise<void>;
}

/** A stack under one of the two engines. */
export interface Stack {
  declare(program: readonly Spec[]): void;
  start(command: Command): Running;
  /** Does what the documents advise after a killed run. */
  unlock(): Promise<Ended>;
  resources(): readonly Kept[];
  /** The state as text, in which no secret may appear in plain text. */
  stateText(): string;
  remove(): void;
}
