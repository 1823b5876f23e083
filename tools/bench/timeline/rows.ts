import type { Bar, Kind, Mark, Timeline } from "./timeline";

/** A bar with its place in the picture. */
export interface Row {
  readonly row: number;
  readonly name: string;
  readonly detail: string;
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
  readonly critical: boolean;
  readonly label: string;
}

/** A piece of a line. Rows are counted in fractions here: 2.5 is the middle of row 2. */
export interface Segment {
  readonly x: number;
  readonly y: number;
  readonly x2: number;
  readonly y2: number;
  readonly critical: boolean;
}

export interface Note {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** One panel: a stretch of time, the bars in it, and what connects them. Times stay seconds. */
export interface Picture {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly rows: readonly Row[];
  /** From the end of what was waited for to the start of what waited. */
  readonly links: readonly Segment[];
  readonly arrows: readonly Segment[];
  readonly hatches: readonly Segment[];
  readonly notes: readonly Note[];
  readonly requests: readonly Segment[];
}

/** Half the height of a bar, in rows. */
export const HALF = 0.27;
/** Shares of the panel's time: shorter waits are no more than a speck; longer ones have room for a few words. */
const LONG_WAIT = 0.03;
const ROOM_FOR_WORDS = 0.3;
/** Distance of two strokes of a hatching. */
const HATCH = 0.009;
/** Room on the right for what stands behind the last bar. */
const MARGIN = 0.09;

/** The whole update. */
export function wholePicture(timeline: Timeline): Picture {
  return picture(timeline, timeline.bars, 0, startRow(timeline.startUp));
}

/** What comes after the longest step, enlarged, where the whole picture leaves it too little room. */
export function enlargedPicture(timeline: Timeline): Picture | undefined {
  const { bars, total } = timeline;
  const longest = [...bars].sort((a, b) => b.end - b.start - (a.end - a.start))[0];
  const later = bars.filter(({ start }) => longest !== undefined && start >= longest.end - 0.05);
  const from = Math.min(...later.map(({ start }) => start));
  if (later.length < 2 || total - from > total * SMALL) return undefined;
  return picture(timeline, later, Math.max(0, from - (total - from) * LEAD_IN), undefined);
}

/** An end of less than this share of the whole is enlarged. */
const SMALL = 0.25;
/** Time shown before the first enlarged bar, as a share of what is enlarged. */
const LEAD_IN = 0.02;

function picture(timeline: Timeline, bars: readonly Bar[], from: number, first: Row | undefined): Picture {
  const { startUp, total } = timeline;
  const offset = first === undefined ? 0 : 1;
  const rowOf = new Map(bars.map((bar, i) => [bar, i + offset]));
  const middle = (bar: Bar) => (rowOf.get(bar) ?? 0) + 0.5;
  const length = total - from;
  const marks = (all: readonly Mark[], share: number) =>
    all
      .filter(({ start, end }) => end - start >= length * share)
      .flatMap((mark) => {
        const bar = barAt(mark, bars);
        return bar === undefined ? [] : [{ mark, y: middle(bar) }];
      });
  const begin = first === undefined ? undefined : { x: startUp, y: 0.5 };
  return {
    from,
    to: total + length * MARGIN,
    total,
    rows: [...(first === undefined ? [] : [first]), ...bars.map((bar, i) => rowFor(bar, i + offset))],
    links: bars.flatMap((bar) => linkTo(bar, rowOf, begin)),
    arrows: bars.map((bar) => ({
      x: bar.start,
      y: middle(bar),
      x2: bar.start,
      y2: middle(bar),
      critical: bar.critical,
    })),
    hatches: marks(timeline.waits, LONG_WAIT).flatMap(({ mark, y }) => hatching(mark, y, length * HATCH)),
    notes: [
      ...marks(timeline.waits, ROOM_FOR_WORDS).map((place) => note(place, `waiting for ${place.mark.text}`)),
      ...marks(timeline.requests, ROOM_FOR_WORDS).map((place) => note(place, place.mark.text)),
    ],
    requests: marks(timeline.requests, 0).map(({ mark, y }) => {
      return { x: mark.start, x2: mark.end, y: y + HALF + 0.05, y2: y + HALF + 0.15, critical: false };
    }),
  };
}

function startRow(startUp: number): Row {
  const names = { name: "pulumi up", detail: "CLI, program, plugins" };
  return { row: 0, ...names, kind: "Other", start: 0, end: startUp, critical: true, label: inSeconds(startUp) };
}

function rowFor(bar: Bar, row: number): Row {
  const { name, type, kind, op, start, end, critical, failed } = bar;
  const detail = op === "create" ? type : `${type}, ${op}`;
  const label = failed ? `failed after ${inSeconds(end - start)}` : inSeconds(end - start);
  return { row, name, detail, kind, start, end, critical, label };
}

/** Down from the end of what was waited for last, then across to the start of what waited. */
function linkTo(bar: Bar, rowOf: ReadonlyMap<Bar, number>, begin: { x: number; y: number } | undefined): Segment[] {
  const other = bar.waitedFor[0];
  const row = other === undefined ? undefined : rowOf.get(other);
  const source = other === undefined ? begin : row === undefined ? undefined : { x: other.end, y: row + 0.5 };
  if (source === undefined) return [];
  const y2 = (rowOf.get(bar) ?? 0) + 0.5;
  const x = Math.min(source.x, bar.start);
  const { critical } = bar;
  return [
    { x, y: source.y + (y2 > source.y ? HALF : -HALF), x2: x, y2, critical },
    { x, y: y2, x2: bar.start, y2, critical },
  ];
}

/** The same resource may have two bars, one for each half of a replacement. */
function barAt(mark: Mark, bars: readonly Bar[]): Bar | undefined {
  const own = bars.filter(({ urn }) => urn === mark.urn);
  return own.find(({ start, end }) => start <= mark.start && mark.start <= end) ?? own[0];
}

function hatching({ start, end }: Mark, y: number, step: number): Segment[] {
  const strokes = Math.floor((end - start) / step) - 1;
  return Array.from({ length: Math.max(0, strokes) }, (_, i) => {
    const x = start + i * step;
    return { x, y: y + HALF, x2: x + step, y2: y - HALF, critical: false };
  });
}

/** What an id names can be seen from the row, and the folder of the API is always the same. */
function note({ mark, y }: { mark: Mark; y: number }, text: string): Note {
  const short = text.replace("/_plugins/_ml", "").replace(/(?<![\w-])(?=[\w-]*[0-9A-Z])[\w-]{18,}/g, "…");
  return { x: mark.start, y, text: short.replace("model … to", "the model to") };
}

/** `0.04 s`, `1.2 s`, `31 s`. */
export function inSeconds(seconds: number): string {
  if (seconds < 0.1) return `${seconds.toFixed(2)} s`;
  return seconds < 20 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
