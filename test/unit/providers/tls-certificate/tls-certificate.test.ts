import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import { type AddressInfo, isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UNKNOWN } from "../../../../providers/shared/unknown";
import type { TlsCertificateInputs, TlsCertificateState } from "../../../../providers/tls-certificate/inputs";
import { tlsCertificateLifecycle as lifecycle } from "../../../../providers/tls-certificate/lifecycle";

const INPUTS: TlsCertificateInputs = {
  dnsNames: ["localhost", "opensearch"],
  ipAddresses: ["127.0.0.1", "::1"],
  commonName: "opensearch-node",
  owner: "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:TlsCertificate::tls",
};
const DAY = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function made(inputs: Partial<TlsCertificateInputs> = {}) {
  return await lifecycle.create({ ...INPUTS, ...inputs });
}

/** Answers over TLS with the certificate and asks with the authority alone. */
async function ask(state: TlsCertificateState, host: string): Promise<string> {
  const server = createServer({ key: state.privateKeyPem, cert: state.certificatePem }, (_q, answer) =>
    answer.end("hi"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const options = { ca: state.caCertificatePem, agent: false as const, host: "127.0.0.1", port, ...name };
    return await new Promise((resolve, reject) => {
      const outgoing = request(options, (answer) => {
        answer.setEncoding("utf8");
        answer.on("data", resolve);
      });
      outgoing.on("error", reject).end();
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("create", () => {
  it.each(["localhost", "opensearch", "127.0.0.1"])(
    "a client that trusts the authority reaches the server as %s",
    async (host) => {
      const { state } = await made();
      expect(await ask(state, host)).toBe("hi");
    },
  );

  it("a client that asks for another name is warned", async () => {
    const { state } = await made();
    await expect(ask(state, "elsewhere")).rejects.toThrow("Hostname/IP does not match certificate's altnames");
  });

  it("names and addresses are in the certificate, the subject is the common name and nothing else", async () => {
    const { state } = await made();
    const leaf = new X509Certificate(state.certificatePem);
    expect(leaf.subject).toBe("CN=opensearch-node");
    expect(leaf.subjectAltName).toBe("DNS:localhost, DNS:opensearch, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(leaf.ca).toBe(false);
  });

  it("the authority signs the certificate, is one, and gives the resource its id", async () => {
    const { id, state } = await made({ organization: "Müller, Söhne" });
    const [authority, leaf] = [new X509Certificate(state.caCertificatePem), new X509Certificate(state.certificatePem)];
    expect(authority.ca).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(authority.subject).toMatch(/^CN=Müller\\, Söhne CA [0-9a-f]{8}\nO=Müller\\, Söhne$/);
    expect(id).toBe(authority.fingerprint256.replaceAll(":", "").toLowerCase());
  });

  it("keys are PKCS#8, and fit their certificates", async () => {
    const { state } = await made();
    expect(state.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(new X509Certificate(state.certificatePem).checkPrivateKey(createPrivateKey(state.privateKeyPem))).toBe(true);
    expect(new X509Certificate(state.caCertificatePem).checkPrivateKey(createPrivateKey(state.caPrivateKeyPem))).toBe(
      true,
    );
  });

  it("lives 825 days unless told, its authority 3650 days longer", async () => {
    const { state } = await made();
    const life = (pem: string) => {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      return (validToDate.getTime() - validFromDate.getTime()) / DAY;
    };
    expect([life(state.certificatePem), life(state.caCertificatePem)]).toEqual([825, 4475]);
    expect(new Date(state.notAfter)).toEqual(new X509Certificate(state.certificatePem).validToDate);
  });

  it("two authorities are never the same", async () => {
    const [a, b] = [await made(), await made()];
    expect(a.id).not.toBe(b.id);
    expect(new X509Certificate(a.state.caCertificatePem).subject).not.toBe(
      new X509Certificate(b.state.caCertificatePem).subject,
    );
  });

  it("openssl verifies the chain for a server and for a client", async (context) => {
    const { state } = await made();
    const folder = mkdtempSync(join(tmpdir(), "tls-certificate-"));
    try {
      writeFileSync(join(folder, "ca.pem"), state.caCertificatePem);
      writeFileSync(join(folder, "leaf.pem"), state.certificatePem);
      for (const purpose of ["sslserver", "sslclient"]) {
        const args = ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", "leaf.pem"];
        expect(execFileSync("openssl", args, { cwd: folder, encoding: "utf8" })).toBe("leaf.pem: OK\n");
      }
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT")
        context.skip("openssl is not installed");
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("update", () => {
  it("another name makes a new certificate under the same authority", async () => {
    const { id, state } = await made();
    const news = { ...INPUTS, dnsNames: ["localhost", "search.example"] };
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
    const after = await lifecycle.update(id, state, news);
    expect(after.caCertificatePem).toBe(state.caCertificatePem);
    expect(after.certificatePem).not.toBe(state.certificatePem);
    expect(await ask({ ...after, caCertificatePem: state.caCertificatePem }, "search.example")).toBe("hi");
    expect(lifecycle.diff(id, after, news)).toEqual({ changes: false, replaces: [] });
  });

  it("a change of renewBeforeDays alone keeps the certificate", async () => {
    const { id, state } = await made();
    const after = await lifecycle.update(id, state, { ...INPUTS, renewBeforeDays: 60 });
    expect(after).toEqual({ ...state, renewBeforeDays: 60 });
  });

  it("an input that is dropped leaves the state", async () => {
    const { id, state } = await made();
    const { commonName: _dropped, ...news } = INPUTS;
    const after = await lifecycle.update(id, state, news);
    expect(new X509Certificate(after.certificatePem).subject).toBe("CN=ollama-chat-node");
    expect(lifecycle.diff(id, after, news).changes).toBe(false);
  });

  it("a renewed certificate never outlives its authority", async () => {
    const { id, state } = await made({ validityDays: 3650 });
    vi.useFakeTimers({ now: Date.parse(state.caNotAfter) - 100 * DAY, toFake: ["Date"] });
    const after = await lifecycle.update(id, { ...state, renewalDue: true }, { ...INPUTS, validityDays: 3650 });
    expect(after.notAfter).toBe(state.caNotAfter);
  });
});

describe("diff", () => {
  it("order of names, and defaults written out, are no change", async () => {
    const { id, state } = await made();
    const news = { ...INPUTS, dnsNames: ["opensearch", "localhost"], validityDays: 825, renewBeforeDays: 30 };
    expect(lifecycle.diff(id, state, { ...news, organization: "pulumi-ollama-chat", owner: "renamed" }).changes).toBe(
      false,
    );
  });

  it("another organisation replaces the authority", async () => {
    const { id, state } = await made();
    const news = { ...INPUTS, organization: "Example" };
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: ["organization"] });
  });

  it("names that are not known yet are a change, not a failure", async () => {
    const { id, state } = await made();
    const news = { ...INPUTS, dnsNames: UNKNOWN } as unknown as TlsCertificateInputs;
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
  });

  it("is empty for what was just made, whatever the inputs", () => {
    const name = fc.constantFrom("localhost", "a", "b.example");
    const inputs = fc.record(
      {
        dnsNames: fc.array(name),
        ipAddresses: fc.array(fc.ipV4()),
        commonName: fc.constantFrom("n1", "n2"),
        organization: fc.string(),
        validityDays: fc.integer({ min: 1, max: 3650 }),
        renewBeforeDays: fc.nat(),
      },
      { requiredKeys: ["dnsNames", "ipAddresses"] },
    );
    const kept = { caCertificatePem: "", caPrivateKeyPem: "", certificatePem: "", privateKeyPem: "" };
    const times = { caNotAfter: "2040-01-01T00:00:00.000Z", notAfter: "2028-01-01T00:00:00.000Z" };
    fc.assert(
      fc.property(inputs, (some) => {
        const state = { ...some, ...kept, ...times, renewalDue: false, schemaVersion: 1 };
        expect(lifecycle.diff("id", state, some)).toEqual({ changes: false, replaces: [] });
      }),
    );
  });
});

describe("renewal", () => {
  async function readAt(time: number, state: TlsCertificateState) {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
    vi.useFakeTimers({ now: time, toFake: ["Date"] });
    const seen = await lifecycle.read("id", state);
    if (seen === undefined) expect.unreachable("a certificate is never gone");
    return { ...seen, lines };
  }

  it("far from its end, read changes nothing and says nothing", async () => {
    const { state } = await made();
    const read = await readAt(Date.parse(state.notAfter) - 31 * DAY, state);
    expect(read).toEqual({ state, inputs: INPUTS, lines: [] });
  });

  it("within renewBeforeDays, read marks it, and the next update renews under the same authority", async () => {
    const { id, state } = await made();
    const { state: seen, lines } = await readAt(Date.parse(state.notAfter) - 10 * DAY - 1, state);
    expect(lines).toEqual([
      `TlsCertificate tls: expires in 10 days, on ${state.notAfter}; the next pulumi up makes a new one`,
    ]);
    expect(seen).toEqual({ ...state, renewalDue: true });
    expect(lifecycle.diff(id, seen, INPUTS)).toEqual({ changes: true, replaces: [] });
    const after = await lifecycle.update(id, seen, INPUTS);
    expect(Date.parse(after.notAfter)).toBeGreaterThan(Date.parse(state.notAfter));
    expect(after).toMatchObject({ caCertificatePem: state.caCertificatePem, renewalDue: false });
  });

  it("an expired one says so", async () => {
    const { state } = await made();
    const { lines } = await readAt(Date.parse(state.notAfter) + DAY, state);
    expect(lines).toEqual([`TlsCertificate tls: expired on ${state.notAfter}; the next pulumi up makes a new one`]);
  });

  it("an authority that ends before the next certificate would is replaced along with it", async () => {
    const { id, state } = await made();
    const late = {
      ...state,
      renewalDue: true,
      notAfter: new Date(Date.parse(state.caNotAfter) - 824 * DAY).toISOString(),
    };
    expect(lifecycle.diff(id, late, INPUTS)).toEqual({ changes: true, replaces: ["caCertificatePem"] });
  });
});

describe("an authority of another certificate", () => {
  const authorityOf = ({ caCertificatePem, caPrivateKeyPem }: TlsCertificateState) => ({
    certificatePem: caCertificatePem,
    privateKeyPem: caPrivateKeyPem,
  });

  it("signs, so that whoever trusts it accepts the further certificate, and each has an id of its own", async () => {
    const node = await made();
    const client = await made({ commonName: "client", authority: authorityOf(node.state) });
    expect(
      new X509Certificate(client.state.certificatePem).verify(
        new X509Certificate(node.state.caCertificatePem).publicKey,
      ),
    ).toBe(true);
    expect(client.state.caCertificatePem).toBe(node.state.caCertificatePem);
    expect(client.id).not.toBe(node.id);
    expect(await ask({ ...client.state, caCertificatePem: node.state.caCertificatePem }, "localhost")).toBe("hi");
  });

  it("that changes makes a new certificate in place; a CA of its own instead replaces it", async () => {
    const [first, second] = [await made(), await made()];
    const inputs = { ...INPUTS, authority: authorityOf(first.state) };
    const { id, state } = await lifecycle.create(inputs);
    const news = { ...inputs, authority: authorityOf(second.state) };
    expect(lifecycle.diff(id, state, inputs)).toEqual({ changes: false, replaces: [] });
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
    const updated = await lifecycle.update(id, state, news);
    expect(updated.caCertificatePem).toBe(second.state.caCertificatePem);
    expect(updated.certificatePem).not.toBe(state.certificatePem);
    expect(lifecycle.diff(id, updated, news)).toEqual({ changes: false, replaces: [] });
    expect(lifecycle.diff(id, updated, INPUTS)).toEqual({ changes: true, replaces: ["authority"] });
  });

  it("whose key is another's cannot sign, and says so without the key", async () => {
    const [first, second] = [await made(), await made()];
    const authority = { ...authorityOf(first.state), privateKeyPem: second.state.caPrivateKeyPem };
    await expect(made({ authority })).rejects.toThrow(
      [
        'TlsCertificate "tls": create failed: The authority cannot sign a certificate: the key belongs to another certificate',
        "  cause: Its certificate and key are damaged, do not belong together, or are not ECDSA on P-256.",
        "  fix: Give both from one TlsCertificate: { certificatePem: tls.caCertificatePem, privateKeyPem: tls.caPrivateKeyPem }.",
      ].join("\n"),
    );
  });
});
