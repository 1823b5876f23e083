import { messageOf } from "../../diagnosis/failure";

/** An input that `check` refuses: its top-level property, and the reason as a sentence for the program's author. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Result of `check`: the inputs, with computed ones added, and all failures. */
export interface CheckOutcome<Inputs> {
  readonly inputs: Inputs;
  readonly failures: readonly CheckFailure[];
}

/** Result of `diff`. `replaces` lists the properties that cannot change in place. */
export interface DiffOutcome {
  readonly changes: boolean;
  readonly replaces?: readonly string[];
  /** Whether old and new cannot exist side by side. Default: false. */
  readonly deleteBeforeReplace?: boolean;
}

/**
 * All operations on one type of resource, independent of the Pulumi engine. Tests, the command line and the provider
 * process run the same code.
 *
 * - `check` and `diff` are pure: no network, no clock.
 * - `create` is idempotent or adopts; `update` returns the full state; `delete` of a missing object succeeds.
 * - `read` returns `undefined` only if the same server is reachable and the object is gone.
 */
export interface Lifecycle<Inputs extends object, State extends object> {
  check(news: unknown, olds: unknown): CheckOutcome<Inputs>;
  diff(id: string, olds: State, news: Inputs): DiffOutcome;
  create(inputs: Inputs): Promise<{ readonly id: string; readonly state: State }>;
  read(id: string, state: State): Promise<{ readonly state: State; readonly inputs: Partial<Inputs> } | undefined>;
  update(id: string, olds: State, news: Inputs): Promise<State>;
  delete(id: string, state: State): Promise<void>;
}

/**
 * Thrown by `create` or `update` when they failed after changing something on the server. The engine then stores `id`
 * and `state`, so the next `up` continues from there and `destroy` cleans up. `state` must contain only what the server
 * accepted: the next diff compares against it.
 */
export class PartialFailure<State extends object> extends Error {
  constructor(
    readonly id: string,
    readonly state: State,
    cause: unknown,
  ) {
    super(messageOf(cause), { cause });
    this.name = "PartialFailure";
  }
}
