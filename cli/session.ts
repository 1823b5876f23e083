import type { Access } from "./access/access";
import type { CommonFlags } from "./access/find-access";
import { DEFAULT_PASSWORD_VARIABLE, findAccess } from "./access/find-access";
import { ExitCode, Interrupted } from "./failure";
import { Output } from "./output";
import { type ProcessIo, processIo } from "./process-io";

/** State of one run of the command line. */
export class Session {
  exitCode: ExitCode = ExitCode.ok;
  readonly #secrets = new Set<string>();

  constructor(readonly io: ProcessIo = processIo()) {}

  /** Texts that must never be printed, not even inside a server's error. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  hide(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) if (secret) this.#secrets.add(secret);
  }

  output(flags: CommonFlags): Output {
    return new Output(flags.json === true, this.io);
  }

  /** Servers and objects for a command; see `findAccess`. */
  async access(flags: CommonFlags): Promise<Access> {
    const access = await findAccess(flags, this.io.environment);
    for (const { username, password, aws } of [access.opensearch, access.asker].filter((one) => one !== undefined)) {
      this.hide(password, password && `${username}:${password}`, aws?.secretAccessKey, aws?.sessionToken);
    }
    for (const value of Object.values(access.ollamaHeaders ?? {})) {
      // A server's error may hold the token alone, or the user and password that the header holds encoded.
      const credentials = value.replace(/^(?:Bearer|Basic) /, "");
      this.hide(value, credentials, ...(value.startsWith("Basic ") ? basicParts(credentials) : []));
    }
    // In the clients this variable overrides any password, but here --password-env wins.
    if (flags.passwordEnv !== undefined) delete process.env[DEFAULT_PASSWORD_VARIABLE];
    return access;
  }

  /**
   * Runs a task that Ctrl+C can stop. The first Ctrl+C aborts the signal, the second ends the process.
   *
   * @throws Interrupted if the task fails after the first Ctrl+C.
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

function basicParts(credentials: string): string[] {
  const pair = Buffer.from(credentials, "base64").toString("utf8");
  return [pair, pair.slice(pair.indexOf(":") + 1)];
}
