import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSearchChecks } from "../../../../cli/commands/doctor/checks/opensearch";
import { thisMachine } from "../../../../cli/commands/doctor/machine";
import { runChecks } from "../../../../cli/commands/doctor/run-checks";
import { Scene } from "../../../../cli/commands/doctor/scene";
import { LoopbackServer } from "../../../support/loopback-server";

/** What stands at OpenSearch's address. */
class Standing extends LoopbackServer {
  status = 200;
  type = "text/plain";
  body = "";

  protected answer(_request: IncomingMessage, _body: string, response: ServerResponse): void {
    const location = this.status < 400 ? { location: "https://search.example.com/" } : {};
    response.writeHead(this.status, { "content-type": this.type, ...location }).end(this.body);
  }
}

const server = new Standing();
beforeAll(async () => void (await server.start()));
afterAll(() => server.stop());

const refused = (reason: string) => JSON.stringify({ error: { type: "security_exception", reason }, status: 403 });

describe("doctor's check of user and password", () => {
  it.each([
    [401, "text/plain", "Unauthorized", "fail", "password-wrong", "401 as admin: Unauthorized"],
    [401, "text/html", "<html>Sign in</html>", "fail", "proxy-page", "401 as admin: <html>Sign in</html>"],
    [403, "text/html", "<html>No</html>", "fail", "proxy-page", "403 as admin: <html>No</html>"],
    [403, "text/plain", "no", "fail", "refused-otherwise", "403 as admin: no"],
    [302, "text/html", "", "fail", "redirected", "302 as admin: redirects to https://search.example.com/"],
    [404, "text/plain", "nothing here", "fail", undefined, "GET / answered 404: nothing here"],
    [
      403,
      "application/json",
      refused("no permissions for [cluster:monitor/main] and User [name=admin]"),
      "ok",
      undefined,
      "accepted for admin, who may not look at the cluster itself",
    ],
  ])("an answer of %i, %s, %s is judged %s, symptom %s", async (status, type, body, found, symptom, seen) => {
    Object.assign(server, { status, type, body });
    const opensearch = { endpoint: server.endpoint, username: "admin", password: "x" };
    const scene = new Scene({ source: "flags", api: "generate", opensearch }, thisMachine({}), 5);
    const checks = openSearchChecks.filter(({ id }) => /reachable|tls|password/.test(id));
    const result = (await runChecks(checks, scene)).find(({ id }) => id === "opensearch-password");
    expect([result?.status, result?.symptom, result?.seen]).toEqual([found, symptom, seen]);
  });
});
