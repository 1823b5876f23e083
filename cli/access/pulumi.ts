import { execFile } from "node:child_process";

/** Which stack is meant. */
export interface StackSelection {
  /** Name of the stack. Default: the one that is selected. */
  readonly stack?: string;
  /** Folder of the Pulumi project. Default: the working directory. */
  readonly folder?: string;
}

/** The command `pulumi` is not there, or refused. */
export class PulumiFailure extends Error {
  constructor(
    /** Its own words; without any, how it ended. */
    readonly said: string,
    readonly isMissing: boolean,
  ) {
    super(said);
    this.name = "PulumiFailure";
  }
}

/**
 * What a `pulumi` command prints that looks at a stack.
 *
 * @throws PulumiFailure where there is no such command, or it fails.
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

/** The flag for the stack, where one is named. */
export function stackFlag({ stack }: StackSelection): string[] {
  return stack === undefined ? [] : ["--stack", stack];
}

/** What was printed, as the value that it is the JSON of; `undefined` where it is none. */
export function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
