import type { CaseResult, Figure, Unit, Verdict } from "../results";

const MEBIBYTE = 1024 * 1024;

/** A number with its unit, in as many digits as a reader can use. */
export function withUnit(value: number, unit: Unit): string {
  switch (unit) {
    case "s":
      return `${digits(value)} s`;
    case "ms":
      return `${digits(value)} ms`;
    case "bytes":
      return bytes(value);
    case "ratio":
      return digits(value);
    case "perSecond":
      return `${digits(value)} /s`;
    case "perMinute":
      return `${digits(value)} /min`;
    case "count":
      return grouped(value);
  }
}

/** Median, and from where to where the samples reach. */
export function measuredText({ median, min, max, unit, samples }: Figure): string {
  if (samples.length === 1) return withUnit(median, unit);
  const [low, high] = [withUnit(min, unit), withUnit(max, unit)];
  const shared = low.split(" ")[1] === high.split(" ")[1] ? (low.split(" ")[0] ?? low) : low;
  return `${withUnit(median, unit)} (${shared}–${high})`;
}

/** When, against which server and on what a case was measured. */
export function occasion({ startedAt, opensearch, processor }: CaseResult): string {
  const server = opensearch && `OpenSearch ${opensearch}`;
  return [startedAt.slice(0, 10), server, processor].filter(Boolean).join(", ");
}

/** What was measured for a verdict, with a digit more where it would read as the target itself and is not. */
export function verdictText({ value, unit, target }: Verdict): string {
  const text = withUnit(value, unit);
  if (unit !== "ratio" || target === undefined || value === target.value) return text;
  return text === withUnit(target.value, unit) ? value.toFixed(3) : text;
}

export function targetText({ target, unit }: Verdict): string {
  if (target === undefined) return "–";
  const signs = { "at most": "≤", "at least": "≥" } as const;
  return `${signs[target.is]} ${withUnit(target.value, unit)}`;
}

function bytes(value: number): string {
  const size = Math.abs(value);
  if (size >= MEBIBYTE) return `${Math.round(value / MEBIBYTE)} MiB`;
  return size >= MEBIBYTE / 10 ? `${(value / MEBIBYTE).toFixed(1)} MiB` : `${grouped(Math.round(value))} B`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return grouped(Math.round(value));
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function grouped(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
