import { messageOf } from "../../diagnosis/failure";
/** One property that `check` refuses: the property's top-level name and a sentence for the person who wrote it. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What `check` answers: the inputs with computed ones added, and everything that is wrong with them. */
export interface CheckOutcome<Inputs> {
  readonly inputs: Inputs;
  readonly failures: readonly CheckFailure[];
}

/** What `diff` answers. `replaces` names the properties that cannot be changed in place. */
export interface DiffOutcome {
  readonly changes: boolean;
  readonly replaces?: readonly string[];
  /** The new one cannot stand beside the old one. Default: false. */
  readonly deleteBeforeReplace?: boolean;
}

/**
 * The life of one kind of resource, told against a server and free of any engine, so that a unit test, the
 * command line and the provider process all run the same code.
 *
 * - `check` and `diff` are pure: no network, no clock.
 * - `create` is idempotent or adopts; `update` answers the full state; `delete` of a missing thing succeeds.
 * - `read` answers `undefined` only when the thing is gone from the same, reachable server.
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
 * Thrown by `create` or `update` when something was made on the server before the failure. The engine then keeps
 * `id` and `state`, so the next `up` goes on from there and `destroy` removes it. `state` must hold only what the
 * server has accepted: the next diff compares against it.
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
