import type { Json, Spec } from "../engine/support/resource-world";

export type Command = "up" | "refresh" | "destroy";

/** One resource as the state keeps it. */
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

/** Who is killed. The quick engine is one process, so there it is always everybody. */
export type Victim = "command" | "program" | "provider" | "all";

/** A command that was started. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** `kill -9`; answers when the victims are dead. */
  kill(victim: Victim): Promise<void>;
  /** Ends what outlived the kill of somebody else. */
  sweep(): Promise<void>;
}

/** A stack under one of the two engines. */
export interface Stack {
  declare(program: readonly Spec[]): void;
  start(command: Command): Running;
  /** What the documents tell to do when a run was killed. */
  unlock(): Promise<Ended>;
  resources(): readonly Kept[];
  /** Text in which no secret may stand as it is. */
  stateText(): string;
  remove(): void;
}
