import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { messageOf } from "../../diagnosis/failure";
import { PartUnavailable, ToolchainError } from "./failure";
import { indent, tail } from "./text";

const reminderSeconds = 30;

/** A running step writes to its log file, and may tell the user something at once. */
export interface Step {
  readonly log: Writable;
  say(text: string): void;
}

/** How long a step took. */
export interface StepTime {
  readonly title: string;
  readonly seconds: number;
}

/** Prints a line when a step starts, reminders while it runs, and the elapsed time when it ends. */
export class StepRunner {
  readonly times: StepTime[] = [];

  constructor(
    private readonly logFolder: string,
    private readonly print: (line: string) => void = (line) => console.error(line),
  ) {
    mkdirSync(logFolder, { recursive: true });
  }

  say(text: string): void {
    this.print(text);
  }

  /** Runs one step. Its failure names the log file and shows its last lines. */
  async run<T>(title: string, action: (step: Step) => Promise<T>): Promise<T> {
    const logFile = join(this.logFolder, `${slug(title)}.log`);
    const log = createWriteStream(logFile);
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 1000;
    this.print(`• ${title} …`);
    const reminder = setInterval(
      () => this.print(`  … ${title}: ${formatSeconds(elapsed())} so far`),
      reminderSeconds * 1000,
    );
    try {
      const result = await action({ log, say: (text) => this.print(`  ${text}`) });
      this.times.push({ title, seconds: elapsed() });
      this.print(`✓ ${title} (${formatSeconds(elapsed())})`);
      return result;
    } catch (error) {
      if (error instanceof PartUnavailable) {
        this.print(`– ${title}: not possible here (${formatSeconds(elapsed())})`);
        throw error;
      }
      await closed(log);
      const message = [messageOf(error), ...excerpt(logFile, messageOf(error))].join("\n");
      throw new ToolchainError(`${title} failed after ${formatSeconds(elapsed())}.`, indent(message));
    } finally {
      clearInterval(reminder);
      await closed(log);
    }
  }
}

/** `0.3 s`, `42 s`, `5 min 57 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `37 MB`, `1.2 GB`; powers of ten, as package registries count. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "");
}

function excerpt(logFile: string, message: string): string[] {
  const end = tail(readFileSync(logFile, "utf8"), 12);
  // The message already shows the end of the log.
  if (message.includes(tail(end, 1).trim())) return [`Log: ${logFile}`];
  return [`The end of ${logFile}:`, indent(end)];
}

function closed(log: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (log.closed) resolve();
    else log.end(() => resolve());
  });
}
