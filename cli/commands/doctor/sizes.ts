/** `0.3 GB`, `41 GB`: decimal, as Docker and Ollama show them. */
export function gigabytes(bytes: number): string {
  const amount = bytes / 1e9;
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} GB`;
}
