import type { Access } from "./access/access";
import type { CommonFlags } from "./access/find-access";
import { DEFAULT_PASSWORD_VARIABLE, findAccess } from "./access/find-access";
import { ExitCode, Interrupted } from "./failure";
import { Output } from "./output";
import { processSurroundings, type Surroundings } from "./surroundings";

/** One run of the command line: what its commands share. */
export class Session {
  exitCode: ExitCode = ExitCode.ok;
  readonly #secrets = new Set<string>();

  constructor(readonly surroundings: Surroundings = processSurroundings()) {}

  /** What must never be printed, also not inside a server's error. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  hide(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) if (secret) this.#secrets.add(secret);
  }

  output(flags: CommonFlags): Output {
    return new Output(flags.json === true, this.surroundings);
  }

  /** Servers and objects for a command; see `findAccess`. */
  async access(flags: CommonFlags): Promise<Access> {
    const access = await findAccess(flags, this.surroundings.environment);
    for (const { username, password } of [access.opensearch, access.asker].filter((one) => one !== undefined)) {
      this.hide(password, password && `${username}:${password}`);
    }
    // Clients let this variable win over any password; a flag wins over a variable.
    if (flags.passwordEnv !== undefined) delete process.env[DEFAULT_PASSWORD_VARIABLE];
    return access;
  }

  /**
   * Runs a task that Ctrl+C stops: the first one aborts the signal, a second one ends the process at once.
   *
   * @throws Interrupted where the task ends because of it.
   */
  async interruptible<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stopper = new AbortController();
    const onSignal = () => {
      if (stopper.signal.aborted) process.exit(ExitCode.interrupted);
      stopper.abort();
    };
    process.on("SIGINT", onSignal);
    try {
      return await task(stopper.signal);
    } catch (error) {
      throw stopper.signal.aborted ? new Interrupted() : error;
    } finally {
      process.off("SIGINT", onSignal);
    }
  }
}
