import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator";
import type { Connection } from "../../providers/connection";
import { modelGroupLifecycle as lifecycle } from "../../providers/model-group/lifecycle";
import type { TlsCertificateState } from "../../providers/tls-certificate/inputs";
import { tlsCertificateLifecycle } from "../../providers/tls-certificate/lifecycle";
import { created, failureOf, PASSWORD, urn } from "./lifecycle-support";

let certificate: TlsCertificateState;
let cluster: Emulator;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "connection-"));
  const names = { commonName: "node", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
  ({ state: certificate } = await tlsCertificateLifecycle.create(names));
  const tls = { certificate: certificate.certificatePem, key: certificate.privateKeyPem };
  cluster = await startEmulator({ tls, users: [{ name: "admin", password: PASSWORD }] });
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

const opened: Emulator[] = [];
afterEach(async () => {
  for (const emulator of opened.splice(0)) await emulator.close();
});

let serial = 0;

/** Makes a group through the connection, which proves that it works. */
async function group(connection: Partial<Connection>) {
  serial += 1;
  const common = { username: "admin", password: PASSWORD, requestTimeoutSeconds: 5, maxRetries: 2 };
  const owner = urn("ModelGroup", `g${serial}`);
  return await created(lifecycle, { connection: { endpoint: cluster.url, ...common, ...connection }, owner });
}

describe("TLS", () => {
  it("with the authority's certificate works, by address and by name", async () => {
    const caCertificate = certificate.caCertificatePem;
    await group({ caCertificate });
    await group({ caCertificate, endpoint: `https://localhost:${cluster.port}` });
  });

  it("with that certificate in a file works", async () => {
    const caCertificateFile = join(folder, "ca.pem");
    writeFileSync(caCertificateFile, certificate.caCertificatePem);
    await group({ caCertificateFile });
  });

  it("without it is refused with the way out", async () => {
    const failure = await failureOf(group({}));
    expect(failure.message).toMatch(
      /^ModelGroup "g\d+": create failed: GET \/: no answer from https:\/\/127\.0\.0\.1:\d+: /,
    );
    expect(failure.message).toContain(
      "\n  cause: The server's certificate is not signed by an authority that is trusted here, or it is for another name.\n  fix: Give the authority's PEM as connection.caCertificate, and use a host name that the certificate holds.",
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
    const failure = await failureOf(group({ endpoint: `http://127.0.0.1:${cluster.port}` }));
    expect(failure.message).toContain(
      "\n  fix: Wait a minute and run again. If it stays, check http:// against https:// in the endpoint, and the server's log.",
    );
  });
});

describe("several nodes", () => {
  it("one that is down does not matter", async () => {
    const caCertificate = certificate.caCertificatePem;
    await group({ endpoint: "https://127.0.0.1:9", endpoints: [cluster.url], caCertificate });
  });
});

describe("a cluster that is slow", () => {
  it("is given up after the time limit of each try, and told as unreachable", async () => {
    const slow = await startEmulator();
    opened.push(slow);
    slow.faults.add({ match: { path: "/" }, times: 9, action: { kind: "delay", delayMs: 60_000 } });
    const connection = { endpoint: slow.url, username: undefined, password: undefined };
    const failure = await failureOf(group({ ...connection, requestTimeoutSeconds: 0.05, maxRetries: 1 }));
    expect(failure.message).toContain(
      `GET /: no answer from ${slow.url}: no answer within the time limit\n  cause: Nothing answers`,
    );
  });
});
