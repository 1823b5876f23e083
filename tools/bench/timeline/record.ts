import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { bareEvent } from "./event-log";

export interface Recording {
  readonly pulumi: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the engine writes its own log. */
  readonly engineLog: string;
  /** Where its steps go, each with the millisecond in which it was seen, and without anybody's inputs or outputs. */
  readonly stampedLog: string;
}

/** How often the engine's log is looked at: the error of every time in a recording. */
const LOOK_MILLISECONDS = 10;

/**
 * Runs one Pulumi command and stamps its events as they come: the engine's own log counts in whole seconds
 * (CLI 3.276), which hides nearly everything of an update that takes ten.
 *
 * @returns the exit code.
 */
export async function record(recording: Recording): Promise<number> {
  const { engineLog, stampedLog } = recording;
  writeFileSync(engineLog, "");
  writeFileSync(stampedLog, `${JSON.stringify({ startedMs: Date.now() })}\n`);
  const child = spawn(recording.pulumi, [...recording.args, "--event-log", engineLog], {
    cwd: recording.cwd,
    env: { ...recording.environment, PULUMI_DEBUG_COMMANDS: "true" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const stamp = follower(engineLog, (line, receivedMs) => {
    const event = bareEvent(line);
    if (event !== undefined) appendFileSync(stampedLog, `${JSON.stringify({ receivedMs, event })}\n`);
  });
  const timer = setInterval(stamp, LOOK_MILLISECONDS);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    clearInterval(timer);
    stamp();
  }
}

/** Tells every line that was added to a file since the last look; a line still being written waits for the next. */
function follower(file: string, onLine: (line: string, seenMs: number) => void): () => void {
  const chunk = Buffer.alloc(1 << 16);
  let position = 0;
  let rest = Buffer.alloc(0);
  return () => {
    const descriptor = openSync(file, "r");
    try {
      for (;;) {
        const count = readSync(descriptor, chunk, 0, chunk.length, position);
        if (count === 0) break;
        position += count;
        rest = Buffer.concat([rest, chunk.subarray(0, count)]);
      }
    } finally {
      closeSync(descriptor);
    }
    const seenMs = Date.now();
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const line = rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
      if (line !== "") onLine(line, seenMs);
    }
  };
}
