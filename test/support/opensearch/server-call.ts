import { Agent, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { ADMIN_PASSWORD, type ServerAddress, type ServerKind } from "./address";

/** A request to a server as its administrator. Returns errors as answers too. */
export type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

export function callsTo(server: ServerAddress, kind: ServerKind): Call {
  return (method, path, body) => send(server, kind, method, path, body);
}

/** No keep-alive: the server may just have restarted. */
const agent = new Agent({ keepAlive: false });

function send(
  { endpoint }: ServerAddress,
  kind: ServerKind,
  method: string,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const isSecured = kind === "secured";
  const headers = {
    "content-type": "application/json",
    ...(isSecured ? { authorization: `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString("base64")}` } : {}),
  };
  const options = { method, headers, ...(isSecured ? { rejectUnauthorized: false, agent: false } : { agent }) };
  return new Promise((resolve, reject) => {
    const request = (isSecured ? secureRequest : plainRequest)(`${endpoint}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve(JSON.parse(text || "{}") as Record<string, unknown>));
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
