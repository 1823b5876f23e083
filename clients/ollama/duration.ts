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
/** What Go's durations hold: 292 years. */
const MOST_SECONDS = 9_223_372_036;

/**
 * True for a time that Ollama takes as `keep_alive`: `5m`, `1h30m`, a whole number of seconds, `0` for not at all, and
 * what is negative for ever. Another one is refused when a question is asked, or, in OLLAMA_KEEP_ALIVE, not heard.
 */
export function isDuration(value: string | number): boolean {
  const text = String(value);
  if (!DURATION.test(text)) return false;
  const parts = [...text.matchAll(PART)].map(([, number, unit = "s"]) => Number(number) * (SECONDS[unit] ?? 1));
  return parts.reduce((sum, part) => sum + part, 0) <= MOST_SECONDS;
}

/** As it is sent: a number is a count of seconds, a text has its unit. As a text, a bare number would be refused. */
export function wireDuration(value: string | number | undefined): string | number | undefined {
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}
