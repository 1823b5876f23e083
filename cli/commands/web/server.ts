import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CommandFailure, ExitCode } from "../../failure";
import { type ApiOptions, apiHandlers, type Handler, sendJson } from "./api";
import { type Gate, letIn } from "./gate";
import type { PageFile } from "./page-files";
import { Refusal } from "./refusal";

export interface WebOptions extends ApiOptions {
  /** The port; 0 takes a free one. */
  readonly port: number;
  readonly gate: Gate;
  /** The page itself, by path. */
  readonly files: ReadonlyMap<string, PageFile>;
}

export interface RunningWeb {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The page may load its own files and ask its own server, nothing else. Scripts in an answer cannot run: there are no
 * inline scripts, and text becomes markup only through the sanitizer (Trusted Types).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dompurify",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Starts the page's server. Its handlers get only requests that the gate lets in. */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  const handlers = apiHandlers(options);
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  const respond: Handler = async (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      letIn(request, options.gate);
      const path = (request.url ?? "").replace(/\?.*$/s, "");
      const file = request.method === "GET" ? options.files.get(path) : undefined;
      const handler = handlers.get(`${request.method} ${path}`);
      if (file !== undefined) response.writeHead(200, { "content-type": file.type }).end(file.content);
      else if (handler !== undefined) await handler(request, response);
      else throw nothingHere(path);
    } catch (error) {
      refuse(request, response, error, options);
    }
  };
  const port = await listening(server, options);
  return {
    port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  { problemOf }: Pick<WebOptions, "problemOf">,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // The rest of a body that is too long is not read.
  if (!request.complete) response.setHeader("connection", "close");
  sendJson(response, error instanceof Refusal ? error.status : 500, { error: problemOf(error) });
}

function nothingHere(path: string): Refusal {
  return new Refusal(404, {
    what: `There is nothing at ${path.slice(0, 100)}.`,
    cause: "The page is of another release than ollama-chat web, or the address is mistyped.",
    fix: "Open the address that ollama-chat web printed, or reload the page.",
  });
}

async function listening(server: Server, { port, gate: { host = "127.0.0.1" } }: WebOptions): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw notListening(error, port, host);
  }
  return (server.address() as AddressInfo).port;
}

function notListening(error: unknown, port: number, host: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return new CommandFailure(ExitCode.failed, {
      what: `Port ${port} on ${host} is taken.`,
      cause: "Another ollama-chat web runs already, or another program uses the port.",
      fix: "Open the page that runs, end it, or give another port: --port 0 takes a free one.",
    });
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new CommandFailure(ExitCode.usage, {
      what: `The page cannot be served on port ${port} of ${host}: ${code}.`,
      cause: "The address is not this machine's, or ports below 1024 are reserved for root.",
      fix: "Give an address of this machine as --host, and a port from 1024.",
    });
  }
  return error;
}
