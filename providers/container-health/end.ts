import type { ContainerExit, ContainerStatus } from "../../clients/docker/container";
import type { DeadlineError } from "../../clients/errors";
import { redact } from "../../clients/redact";
import { diagnose } from "../../diagnosis/diagnose";
import { ExplainedError } from "../../diagnosis/explained-error";

const LONGEST_LINE = 300;
/** 128 plus the number of SIGKILL. */
const KILLED = 137;

/** The error for a container that exited while it was waited for. */
export function ended({ name, restarts }: ContainerStatus, { exitCode, lines }: ContainerExit): ExplainedError {
  const code = exitCode === undefined ? "" : ` with exit code ${exitCode}`;
  const again = restarts > 0 ? ", and Docker starts it again and again" : "";
  return new ExplainedError({
    what: `the container ${name} ended${code} before it was healthy${again}. ${quoted(lines)}`,
    ...causeOf(name, exitCode, lines),
  });
}

/** The error for a container that runs but does not become healthy. */
export function neverHealthy(name: string, error: DeadlineError, lines: readonly string[]): ExplainedError {
  return new ExplainedError({
    what: `${error.message}. ${quoted(lines)}`,
    cause:
      "The program in the container runs but is not ready: the machine is slow or busy, or it waits for something.",
    fix: `Check docker logs ${name}. To give it more time, raise readiness.openSearchSeconds or readiness.ollamaSeconds, and run pulumi up again.`,
  });
}

export function removed(name: string): ExplainedError {
  return new ExplainedError({
    what: `the container ${name} was removed before it was healthy`,
    cause: "Somebody else removed it.",
    fix: "Run pulumi up --refresh.",
  });
}

function causeOf(name: string, exitCode: number | undefined, lines: readonly string[]) {
  const text = lines.join("\n");
  if (/password .*failed validation/i.test(text)) {
    return {
      cause: "OpenSearch's installer refuses the admin password.",
      fix: "Set another one, of 8 to 100 ASCII characters with upper and lower case, a digit and a special character, and hard to guess; then run pulumi up again.",
    };
  }
  if (exitCode === KILLED) {
    return {
      cause: "It was killed: by Docker or the system because memory ran short, or by somebody.",
      fix: `Give Docker more memory or OpenSearch a smaller heap (opensearch.heap), and run pulumi up again. docker logs ${name} shows its whole output.`,
    };
  }
  const known = diagnose(text);
  if (known !== undefined) return { cause: known.cause, fix: known.fix };
  return {
    cause:
      lines.length > 0
        ? "Its program stopped; the lines above are its last output."
        : "Its program stopped without any output.",
    fix: `Fix what stopped it, and run pulumi up again. docker logs ${name} shows its whole output.`,
  };
}

function quoted(lines: readonly string[]): string {
  if (lines.length === 0) return "It printed nothing.";
  const shown = lines.map((line) => `    ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`);
  return redact(`Its last lines:\n${shown.join("\n")}`, []);
}
