import { type TraceRecord, traceRecord } from "../../../clients/trace-record";

/**
 * Reads what `OLLAMA_CHAT_TRACE` wrote. A last line that was cut off, since its process was killed, is left out.
 *
 * @throws Error naming the line that is no record.
 */
export function readTrace(text: string): TraceRecord[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const record = traceRecord.safeParse(json(line));
    if (record.success) return [record.data];
    if (index === lines.length - 1) return [];
    throw new Error(`Line ${index + 1} of the trace is no record of OLLAMA_CHAT_TRACE.`);
  });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
