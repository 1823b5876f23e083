import { execFile } from "node:child_process";

/** Selects a stack. */
export interface StackSelection {
  /** Name of the stack. Default: the selected one. */
  readonly stack?: string;
  /** Folder of the Pulumi project. Default: the working directory. */
  readonly folder?: string;
}

/** The command `pulumi` is missing or failed. */
export class PulumiFailure extends Error {
  constructor(
    /** What it wrote to stderr; if nothing, how it ended. */
    readonly said: string,
    readonly isMissing: boolean,
  ) {
    super(said);
    this.name = "PulumiFailure";
  }
}

/**
 * Runs a `pulumi` command and returns what it prints to stdout.
 *
 * @throws PulumiFailure if `pulumi` is missing or fails.
 */
export function pulumi(args: readonly string[], { folder }: StackSelection, env: NodeJS.ProcessEnv): Promise<string> {
  const all = [...args, "--non-interactive", "--color", "never", ...(folder === undefined ? [] : ["--cwd", folder])];
  return new Promise((resolve, reject) => {
    execFile("pulumi", all, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = stderr.trim().replace(/^error: /, "") || error.message;
      reject(new PulumiFailure(said, error.code === "ENOENT"));
    });
  });
}

/** The `--stack` flag, if a stack is named. */
export function stackFlag({ stack }: StackSelection): string[] {
  return stack === undefined ? [] : ["--stack", stack];
}

/** Parses JSON. `undefined` if the text is not JSON. */
export function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
