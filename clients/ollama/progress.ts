/** One line of the server's answer to a pull or a create. */
export interface ProgressEvent {
  readonly status: string;
  /** The layer whose bytes move. */
  readonly digest?: string;
  readonly total?: number;
  readonly completed?: number;
}

/** Smaller layers (template, system, parameters) come at once and get no line. */
const SMALL_BYTES = 1_000_000;
const LARGE_BYTES = 1_000_000_000;
/** Phases that are over at once, or say nothing to a person. */
const MINOR = /^(?:pulling|writing) manifest$|^(?:using existing|creating new) layer |^success$/;

/**
 * Turns the server's progress, many lines a second, into a few for a person: one a phase, one a layer, and percents
 * at every quarter of a layer (every tenth from 1 GB).
 */
export function progressLines(say: (line: string) => void): (event: ProgressEvent) => void {
  const layers = new Map<string, number>();
  let phase = "";
  return (event) => {
    const { status, digest, total, completed = 0 } = event;
    if (digest !== undefined && total !== undefined) {
      if (total >= SMALL_BYTES) sayLayer(say, layers, { status, digest, total, completed });
      return;
    }
    if (status === phase || MINOR.test(status)) return;
    phase = status;
    say(status);
  };
}

function sayLayer(say: (line: string) => void, layers: Map<string, number>, layer: Required<ProgressEvent>): void {
  const { status, digest, total, completed } = layer;
  const before = layers.get(digest);
  const stride = total >= LARGE_BYTES ? 10 : 25;
  const reached = Math.floor((completed / total) * (100 / stride)) * stride;
  if (before !== undefined && reached <= before) return;
  layers.set(digest, reached);
  const size = bytes(total);
  if (before !== undefined || (reached > 0 && reached < 100)) say(`${status}: ${reached} % of ${size}`);
  else say(reached === 100 ? `${status}: already there, ${size}` : `${status}: ${size}`);
}

/** Bytes in decimal units, as Ollama shows them: `98 MB`, `4.7 GB`. */
export function bytes(count: number): string {
  if (count >= LARGE_BYTES) return `${(count / LARGE_BYTES).toFixed(1)} GB`;
  if (count >= SMALL_BYTES) return `${Math.round(count / SMALL_BYTES)} MB`;
  return `${Math.round(count / 1000)} kB`;
}
