import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { dockerSeconds } from "../../../../clients/docker/container";
import { dockerAddress, dockerAt, otherMachine } from "../../../../providers/shared/docker-address";
import { tlsCertificateLifecycle } from "../../../../providers/tls-certificate/lifecycle";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-host-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const own = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

describe("the machine that Docker runs on", () => {
  it.each<[string, string | undefined]>([
    ["ssh://me@gpu-box", "gpu-box"],
    ["ssh://me@GPU-box:2222", "gpu-box"],
    ["tcp://gpu-box:2376", "gpu-box"],
    ["tcp://198.51.100.7:2375", "198.51.100.7"],
    ["tcp://[FD00::7]:2375", "[fd00::7]"],
    ["https://gpu-box:2376", "gpu-box"],
    ["unix:///var/run/docker.sock", undefined],
    ["npipe:////./pipe/docker_engine", undefined],
    ["tcp://localhost:2375", undefined],
    ["tcp://127.0.0.1:2375", undefined],
    ["ssh://me@localhost", undefined],
    ["no address", undefined],
    ...(own === undefined ? [] : [[`tcp://${own}:2375`, undefined] as [string, undefined]]),
  ])("%s: %s", (address, machine) => expect(otherMachine(address)).toBe(machine));
});

describe("the Docker that a provider works with", () => {
  it.each([
    [{}, {}, "unix:///var/run/docker.sock"],
    [{}, { DOCKER_HOST: "ssh://me@gpu-box" }, "ssh://me@gpu-box"],
    [{ host: "tcp://other:2375" }, { DOCKER_HOST: "ssh://me@gpu-box" }, "tcp://other:2375"],
    [{ context: "gpu" }, { DOCKER_HOST: "tcp://other:2375" }, "ssh://me@context"],
    [{ host: "tcp://other:2375", context: "gpu" }, {}, "ssh://me@context"],
    [{}, { DOCKER_CONTEXT: "gpu" }, "ssh://me@context"],
    [{ context: "unknown" }, {}, "unix:///var/run/docker.sock"],
  ])("%j with %j is %s", (settings, environment, address) => {
    const hash = createHash("sha256").update("gpu").digest("hex");
    const meta = join(folder, "contexts", "meta", hash);
    mkdirSync(meta, { recursive: true });
    const context = { Name: "gpu", Metadata: {}, Endpoints: { docker: { Host: "ssh://me@context" } } };
    writeFileSync(join(meta, "meta.json"), JSON.stringify(context));
    expect(dockerAddress(settings, { ...environment, DOCKER_CONFIG: folder })).toBe(address);
  });
});

const NOW = "2026-11-29T12:00:00Z";
const SECONDS = Date.parse(NOW) / 1000;
const info = JSON.stringify({ SystemTime: NOW });

describe("a Docker that asks for TLS", () => {
  it.each(["its folder", "its texts", "the variable of Docker's client"])(
    "is asked with certificates: %s",
    async (how) => {
      const { state } = await tlsCertificateLifecycle.create({ dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] });
      const [caMaterial, certMaterial, keyMaterial] = [
        state.caCertificatePem,
        state.certificatePem,
        state.privateKeyPem,
      ];
      const tls = { ca: caMaterial, cert: certMaterial, key: keyMaterial };
      for (const [name, pem] of Object.entries(tls)) writeFileSync(join(folder, `${name}.pem`), pem);
      const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (_, response) => {
        response.end(info);
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const given = {
          "its folder": { certPath: folder },
          "its texts": { caMaterial, certMaterial, keyMaterial },
          "the variable of Docker's client": undefined,
        }[how];
        if (given === undefined) vi.stubEnv("DOCKER_CERT_PATH", folder);
        const engine = dockerAt(address, given) ?? expect.unreachable("tcp is known");
        expect(await dockerSeconds(engine)).toBe(SECONDS);
        vi.stubEnv("DOCKER_CERT_PATH", "");
        const stranger = dockerAt(address) ?? expect.unreachable("tcp is known");
        await expect(dockerSeconds(stranger)).rejects.toThrow();
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  );

  it("is not asked without the certificates that are to be there", () => {
    expect(dockerAt("tcp://127.0.0.1:1", { certPath: join(folder, "nowhere") })).toBeUndefined();
  });
});

describe("a Docker behind ssh", () => {
  it("is asked as Docker's own client asks it, without ever waiting for a password", async () => {
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${info.length}\r\nConnection: close\r\n\r\n${info}`;
    writeFileSync(join(folder, "answer"), answer);
    const script = `#!/bin/sh\necho "$@" > ${folder}/asked\nread line\necho "$line" >> ${folder}/asked\ncat ${folder}/answer\n`;
    writeFileSync(join(folder, "ssh"), script, { mode: 0o755 });
    vi.stubEnv("PATH", [folder, process.env.PATH].join(delimiter));
    const engine = dockerAt("ssh://me@gpu-box:2222") ?? expect.unreachable("ssh is known");
    expect(await dockerSeconds(engine)).toBe(SECONDS);
    expect(readFileSync(join(folder, "asked"), "utf8").replaceAll("\r", "")).toBe(
      "-o BatchMode=yes -o ConnectTimeout=10 -p 2222 -l me -- gpu-box docker system dial-stdio\nGET /info HTTP/1.1\n",
    );
  });

  it.each([
    ["that refuses the login", "#!/bin/sh\nexit 255\n", /socket hang up|EPIPE|aborted/],
    ["without the command ssh", undefined, "spawn ssh ENOENT"],
  ])("%s is told at once", async (_what, script, message) => {
    const bin = mkdtempSync(join(folder, "bin-"));
    if (script !== undefined) writeFileSync(join(bin, "ssh"), script, { mode: 0o755 });
    vi.stubEnv("PATH", bin);
    const engine = dockerAt("ssh://gpu-box") ?? expect.unreachable("ssh is known");
    await expect(dockerSeconds(engine)).rejects.toThrow(message);
  });
});
