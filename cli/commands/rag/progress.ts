import { clearLine, cursorTo } from "node:readline";
import type { Output } from "../../output";
import { cutToWidth } from "../../terminal/width";

/** Shows the progress of a long job. */
export interface Progress {
  show(done: number, total: number, at: string): void;
  stop(): void;
}

const BAR_COLUMNS = 24;
/** Without a terminal, prints a line for each tenth. */
const LINES = 10;

/**
 * A bar on a terminal, a few plain lines elsewhere, nothing with `--json`.
 *
 * The bar of `@clack/prompts` would not do: like its spinner, it takes over the keyboard and exits with code 0 on Ctrl+C.
 */
export function startProgress(output: Output, title: string): Progress {
  if (output.interactive && process.env.TERM !== "dumb") return bar(output, title);
  let told = 0;
  return {
    show: (done, total) => {
      const tenths = Math.floor((done / total) * LINES);
      if (tenths === told) return;
      told = tenths;
      output.note(`${done} of ${total} ${title}`);
    },
    stop: () => undefined,
  };
}

function bar(output: Output, title: string): Progress {
  const { err } = output;
  const columns = output.noteColumns ?? 80;
  const clear = () => {
    cursorTo(err, 0);
    clearLine(err, 0);
  };
  return {
    show: (done, total, at) => {
      const filled = Math.round((done / total) * BAR_COLUMNS);
      const drawn = "█".repeat(filled);
      const rest = "░".repeat(BAR_COLUMNS - filled);
      const text = cutToWidth(`${done}/${total} ${title}: ${at}`, columns - BAR_COLUMNS - 2);
      clear();
      err.write(`${output.noteStyle("cyan", drawn)}${output.noteStyle("dim", rest)} ${text}`);
    },
    stop: clear,
  };
}
