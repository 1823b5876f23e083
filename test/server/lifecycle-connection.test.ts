import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelGroupLifecycle as lifecycle } from "../../providers/model-group/lifecycle";
import type { Connection } from "../../providers/shared/connection";
import { TestCluster } from "../support/opensearch/test-cluster";
import { created, failureOf, PASSWORD, urn } from "./lifecycle-support";

let cluster: TestCluster;
let folder: string;
let endpoint: string;
let caCertificate: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "connection-"));
  cluster = await TestCluster.start({ kind: "secured" });
  ({ endpoint, caCertificate = "" } = cluster.server);
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

let serial = 0;

/** Makes a group through the connection, which proves that it works. */
async function group(connection: Partial<Connection>) {
  serial += 1;
  const common = { username: "admin", password: PASSWORD, requestTimeoutSeconds: 60, maxRetries: 2 };
  const owner = urn("ModelGroup", `g${serial}`);
  return await created(lifecycle, { connection: { endpoint, ...common, ...connection }, owner });
}

describe("TLS", () => {
  it("with the authority's certificate works, by address and by name", async () => {
    await group({ caCertificate });
    await group({ caCertificate, endpoint: endpoint.replace("127.0.0.1", "localhost") });
  });

  it("with that certificate in a file works", async () => {
    const caCertificateFile = join(folder, "ca.pem");
    writeFileSync(caCertificateFile, caCertificate);
    await group({ caCertificateFile });
  });

  it("without it is refused with the way out", async () => {
    const failure = await failureOf(group({}));
    expect(failure.message).toMatch(
      /^ModelGroup "g\d+": create failed: GET \/: no answer from https:\/\/127\.0\.0\.1:\d+: /,
    );
    expect(failure.message).toContain(
      "\n  cause: The server's certificate is not signed by a trusted CA, or was issued for another name.\n  fix: Set connection.caCertificate to the CA's PEM (ollama-chat: --ca-file FILE), and use a host name that the certificate contains.",
    );
  });

  it("without it works where the program says to trust anything", async () => {
    await group({ skipTlsVerify: true });
  });

  it("a file that is not there is told", async () => {
    const caCertificateFile = join(folder, "none.pem");
    const failure = await failureOf(group({ caCertificateFile }));
    expect(failure.message).toContain(
      `The file ${caCertificateFile}, named by connection.caCertificateFile, cannot be read: ENOENT`,
    );
    expect(failure.message).toContain(
      "\n  fix: Give an absolute path, or put the PEM text into connection.caCertificate.",
    );
  });

  it("plain HTTP to a server that speaks TLS is told as such", async () => {
    const failure = await failureOf(group({ endpoint: endpoint.replace("https:", "http:") }));
    expect(failure.message).toContain(
      "\n  fix: Wait a minute and run again. If the error stays, check http:// against https:// in the endpoint, and the server's log.",
    );
  });
});

describe("several nodes", () => {
  it("one that is down does not matter", async () => {
    await group({ endpoint: "https://127.0.0.1:9", endpoints: [endpoint], caCertificate });
  });
});

describe("a cluster that is slow", () => {
  it("is given up after the time limit of each try, and told as unreachable", async () => {
    cluster.faults.add({ match: { path: "/" }, times: 9, action: { kind: "hang" } });
    const failure = await failureOf(group({ endpoint: cluster.url, requestTimeoutSeconds: 0.05, maxRetries: 1 }));
    expect(failure.message).toContain(
      `GET /: no answer from ${cluster.url}: no answer within the time limit\n  cause: Nothing answers`,
    );
  });
});
