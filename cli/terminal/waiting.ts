import { clearLine, cursorTo } from "node:readline";
import type { Output } from "../output";

const FRAMES = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const FRAME_MILLISECONDS = 80;

/** A progress indicator that is shown. */
export interface Waiting {
  stop(): void;
}

/**
 * On a terminal, shows what the command waits for and for how many seconds, until stopped. Elsewhere shows nothing.
 *
 * The spinner of `@clack/prompts` would not do: it takes over the keyboard and exits with code 0 on Ctrl+C.
 */
export function startWaiting(output: Output, text: string): Waiting {
  if (!output.interactive || process.env.TERM === "dumb") return { stop: () => undefined };
  const started = performance.now();
  const draw = () => {
    const milliseconds = performance.now() - started;
    const frame = FRAMES[Math.floor(milliseconds / FRAME_MILLISECONDS) % FRAMES.length] ?? "";
    const seconds = `${Math.floor(milliseconds / 1000)} s`;
    clear(output);
    output.err.write(`${output.noteStyle("cyan", frame)} ${text} ${output.noteStyle("dim", seconds)}`);
  };
  draw();
  const timer = setInterval(draw, FRAME_MILLISECONDS);
  let stopped = false;
  return {
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      clear(output);
    },
  };
}

/** Shows the same while a task runs. */
export async function withWaiting<T>(output: Output, text: string, task: () => Promise<T>): Promise<T> {
  const waiting = startWaiting(output, text);
  try {
    return await task();
  } finally {
    waiting.stop();
  }
}

function clear({ err }: Output): void {
  cursorTo(err, 0);
  clearLine(err, 0);
}
