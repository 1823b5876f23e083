import { clearLine, cursorTo } from "node:readline";
import type { Output } from "../output";

const FRAMES = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const FRAME_MILLISECONDS = 80;

/** Shows that something is under way. */
export interface Waiting {
  stop(): void;
}

/**
 * Shows on a terminal what is waited for, and for how many seconds, until it is stopped; elsewhere nothing.
 *
 * Not the spinner of `@clack/prompts`: that one takes the keyboard and, at Ctrl+C, ends the process with exit code 0.
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

/** The same for as long as a task runs. */
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
