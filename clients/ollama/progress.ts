/** One line of the server's answer to a pull or create request. */
export interface ProgressEvent {
  readonly status: string;
  /** The layer being transferred. */
  readonly digest?: string;
  readonly total?: number;
  readonly completed?: number;
}

/** Smaller layers (template, system, parameters) finish at once and get no line. */
const SMALL_BYTES = 1_000_000;
const LARGE_BYTES = 1_000_000_000;
/** On a slow connection, progress is reported this often even before the next step. */
const SLOW_MILLISECONDS = 10_000;
/** Phases that end at once or tell the user nothing. */
const SKIPPED = /^(?:pulling|writing) manifest$|^(?:using existing|creating new) layer |^success$/;

/**
 * Condenses the server's progress, many lines a second, for people: one line per phase and layer, and progress at every
 * quarter of a layer (every tenth from 1 GB) or after ten seconds.
 */
export function progressLines(say: (line: string) => void): (event: ProgressEvent) => void {
  const layers = new Map<string, Reported>();
  let phase = "";
  return (event) => {
    const { status, digest, total, completed = 0 } = event;
    if (digest !== undefined && total !== undefined) {
      if (total >= SMALL_BYTES) sayLayer(say, layers, { status, digest, total, completed });
      return;
    }
    if (status === phase || SKIPPED.test(status)) return;
    phase = status;
    say(status);
  };
}

/** The last line reported for a layer. */
interface Reported {
  readonly percent: number;
  readonly at: number;
}

function sayLayer(say: (line: string) => void, layers: Map<string, Reported>, layer: Required<ProgressEvent>): void {
  const { status, digest, total, completed } = layer;
  const before = layers.get(digest);
  const percent = Math.floor((completed / total) * 100);
  const step = total >= LARGE_BYTES ? 10 : 25;
  const at = performance.now();
  if (before !== undefined) {
    if (percent <= before.percent) return;
    const stepped = Math.floor(percent / step) > Math.floor(before.percent / step);
    if (!stepped && at < before.at + SLOW_MILLISECONDS) return;
  }
  layers.set(digest, { percent, at });
  if (before === undefined && percent === 0) say(`${status}: ${bytes(total)}`);
  else if (before === undefined && percent === 100) say(`${status}: already there, ${bytes(total)}`);
  else say(`${status}: ${percent} % (${bytes(completed)} of ${bytes(total)})`);
}

/** Bytes in decimal units as Ollama shows them: `98 MB`, `4.7 GB`. */
export function bytes(count: number): string {
  if (count >= LARGE_BYTES) return `${(count / LARGE_BYTES).toFixed(1)} GB`;
  if (count >= SMALL_BYTES) return `${Math.round(count / SMALL_BYTES)} MB`;
  return `${Math.round(count / 1000)} kB`;
}
