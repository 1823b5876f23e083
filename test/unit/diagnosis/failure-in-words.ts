import { neverArrived } from "../../../clients/errors";
import type { Failure, FailureKind, Server } from "../../../diagnosis/failure";

const METHOD_AND_PATH = String.raw`((?:GET|HEAD|POST|PUT|PATCH|DELETE) \/\S*?)`;
const WAITED = /Waited [\d.]+ s for (.+); last seen: (.*)$/s;
const SILENT = new RegExp(`${METHOD_AND_PATH}: no answer from \\S+: (.*)$`, "s");
const MISREAD = new RegExp(`${METHOD_AND_PATH} answered in a form that is not understood: (.*)$`, "s");
const ANSWERED = new RegExp(`${METHOD_AND_PATH} (?:answered|with) (\\d{3})(?: [a-z_]+)?: (.*)$`, "s");
/** A pull that failed is told without its status of 200. */
const PULLED = new RegExp(`Ollama answered ${METHOD_AND_PATH} with: (.*)$`, "s");

/** The failure that a message of the clients tells of: texts stand in these tests where a live run has the error itself. */
export function failureInWords(text: string): Failure {
  const [, waitingFor, last = ""] = WAITED.exec(text) ?? [];
  if (waitingFor !== undefined) {
    const [, request] = new RegExp(`^${METHOD_AND_PATH} to `).exec(waitingFor) ?? [];
    const kind = waitingFor.endsWith(" to go on") ? "stalled" : "deadline";
    const server = request !== undefined || waitingFor.startsWith("Ollama at ") ? "ollama" : "opensearch";
    return { kind, server, request, text, last: failureInWords(last) };
  }
  const [, silent, why = ""] = SILENT.exec(text) ?? [];
  if (silent !== undefined) return { kind: silence(why), server: serverOf(silent), request: silent, text };
  const [, misread, detail = ""] = MISREAD.exec(text) ?? [];
  if (misread !== undefined) {
    return { kind: unread(detail), status: 200, server: serverOf(misread), request: misread, text };
  }
  const [, answered, status, reason = ""] = ANSWERED.exec(text) ?? [];
  if (answered !== undefined) {
    return { kind: refusal(reason), status: Number(status), server: serverOf(answered), request: answered, text };
  }
  const [, pulled] = PULLED.exec(text) ?? [];
  return pulled === undefined ? { text } : { kind: "refused", status: 200, server: "ollama", request: pulled, text };
}

function serverOf(request: string): Server {
  return /^\S+ \/(?:api|v1)\//.test(request) ? "ollama" : "opensearch";
}

function silence(reason: string): FailureKind {
  if (reason.includes("within the time limit")) return "timeout";
  if (reason.includes("the answer ended early")) return "ended-early";
  return neverArrived(reason) ? "never-arrived" : "broken-off";
}

function unread(detail: string): FailureKind {
  if (detail.includes("streams its answer")) return "streamed";
  if (detail.includes("it is a page")) return "page";
  return /received (?:string|null)$/.test(detail) ? "not-json" : "misread";
}

function refusal(reason: string): FailureKind {
  if (reason.startsWith("redirects to ")) return "redirected";
  if (reason.startsWith("the node is in no cluster yet")) return "no-cluster";
  if (reason.includes("Error from remote service")) return "remote";
  return /^<(?:html|!DOCTYPE)/i.test(reason) ? "page" : "refused";
}
