/** `0.3 GB`, `41 GB`: decimal, like Docker and Ollama. */
export function gigabytes(bytes: number): string {
  const amount = bytes / 1e9;
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} GB`;
}

/** `80 ms`, `1.2 s`, `41 s`. */
export function shownSeconds(duration: number): string {
  if (duration < 0.9995) return `${Math.round(duration * 1000)} ms`;
  return duration < 10 ? `${duration.toFixed(1)} s` : `${Math.round(duration)} s`;
}
