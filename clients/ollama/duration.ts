const DURATION = /^-?(?:\d+|(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)?/g;
const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
/** The maximum of Go's durations: 292 years. */
const MAX_SECONDS = 9_223_372_036;

/**
 * Whether Ollama accepts a value as `keep_alive`: `5m`, `1h30m`, a whole number of seconds, `0` to unload at once, or a
 * negative value for ever. Ollama rejects anything else when it is asked a question, and ignores it in
 * OLLAMA_KEEP_ALIVE.
 */
export function isDuration(value: string | number): boolean {
  const text = String(value);
  if (!DURATION.test(text)) return false;
  const parts = [...text.matchAll(PART)].map(([, number, unit = "s"]) => Number(number) * (SECONDS[unit] ?? 1));
  return parts.reduce((sum, part) => sum + part, 0) <= MAX_SECONDS;
}

/** The value to send. Seconds without a unit go as a number, since Ollama rejects them as a string. */
export function wireDuration(value: string | number | undefined): string | number | undefined {
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}
