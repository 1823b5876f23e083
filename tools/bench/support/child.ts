import { type ChildProcess, spawn } from "node:child_process";

/** A server in a process of its own, so that it shares no event loop with what is measured. */
export interface Child {
  /** What the awaited line of its output said. */
  readonly ready: RegExpExecArray;
  stop(): Promise<void>;
}

interface ChildOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** The program is ready once a line of its standard output matches. */
  readonly ready: RegExp;
}

/** Starts a program and waits for the line that says it is ready; its end before that is an error with what it wrote. */
export async function startChild(command: string, args: readonly string[], options: ChildOptions): Promise<Child> {
  const child = spawn(command, args, {
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A bench that is interrupted takes its servers with it.
  const end = () => void child.kill("SIGTERM");
  process.once("exit", end);
  const ended = new Promise<void>((done) => child.once("close", () => done())).finally(() => process.off("exit", end));
  let output = "";
  const ready = await new Promise<RegExpExecArray>((found, failed) => {
    const onText = (text: string): void => {
      output += text;
      const match = options.ready.exec(output);
      if (match !== null) found(match);
    };
    child.stdout.setEncoding("utf8").on("data", onText);
    child.stderr.setEncoding("utf8").on("data", onText);
    child.on("error", failed);
    child.on("close", (code) => failed(new Error(`${command} ${args.join(" ")} ended with code ${code}: ${output}`)));
  });
  return { ready, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  await ended;
}
