import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";
import { run } from "../../toolchain/run";
import { seconds } from "./in-turns";

const LOOK_MILLISECONDS = 50;
const LONGEST_SECONDS = 300;
const CONFIG = "/usr/share/opensearch/config";

export interface Boot {
  readonly image: string;
  readonly port: number;
  /** Name of the container and of its volume. */
  readonly name: string;
}

/**
 * Seconds until OpenSearch is ready, booted by Docker alone from the same image, with the same environment, volume and
 * certificates as the component gives it. Ready is what the component's health check takes for ready.
 */
export async function bootOpenSearch(boot: Boot, password: string): Promise<number> {
  const files = await certificates();
  const environment = [
    "discovery.type=single-node",
    "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g",
    `OPENSEARCH_INITIAL_ADMIN_PASSWORD=${password}`,
    "plugins.security.ssl.http.enabled=true",
    ...["http", "transport"].flatMap((layer) => [
      `plugins.security.ssl.${layer}.pemcert_filepath=certs/node.pem`,
      `plugins.security.ssl.${layer}.pemkey_filepath=certs/node.key`,
      `plugins.security.ssl.${layer}.pemtrustedcas_filepath=certs/ca.pem`,
    ]),
    `plugins.security.nodes_dn=CN=${COMMON_NAME}`,
  ];
  return await booted(boot, { inside: 9200, volume: "/usr/share/opensearch/data", environment, files }, () =>
    isUp(boot.port),
  );
}

/** Seconds until Ollama is up and has the model, booted by Docker alone. */
export async function bootOllama(boot: Boot, model: string): Promise<number> {
  const environment = ["OLLAMA_NO_CLOUD=1"];
  return await booted(boot, { inside: 11434, volume: "/root/.ollama", environment, files: [] }, async () => {
    const answer = await fetch(`http://127.0.0.1:${boot.port}/api/tags`).catch(() => undefined);
    return answer?.ok === true && (await answer.text()).includes(JSON.stringify(model));
  });
}

interface Container {
  readonly inside: number;
  readonly volume: string;
  readonly environment: readonly string[];
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

async function booted(boot: Boot, container: Container, isReady: () => Promise<boolean>): Promise<number> {
  const { name, image, port } = boot;
  const variables = container.environment.flatMap((variable) => ["--env", variable]);
  try {
    return await seconds(async () => {
      await run("docker", ["volume", "create", name]);
      const publish = ["--publish", `127.0.0.1:${port}:${container.inside}`];
      const volume = ["--volume", `${name}:${container.volume}`];
      await run("docker", ["create", "--name", name, ...publish, ...volume, ...variables, image]);
      if (container.files.length > 0) await copyIn(name, container.files);
      await run("docker", ["start", name]);
      await until(isReady, name);
    });
  } finally {
    await run("docker", ["rm", "--force", "--volumes", name]);
    await run("docker", ["volume", "rm", "--force", name]);
  }
}

async function until(isReady: () => Promise<boolean>, name: string): Promise<void> {
  const end = performance.now() + LONGEST_SECONDS * 1000;
  while (!(await isReady())) {
    if (performance.now() > end) throw new Error(`The container ${name} was not ready within ${LONGEST_SECONDS} s.`);
    await sleep(LOOK_MILLISECONDS);
  }
}

function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = httpsRequest({ port, host: "127.0.0.1", path: "/", rejectUnauthorized: false }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200 || incoming.statusCode === 401);
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}

const COMMON_NAME = "ollama-chat-opensearch";
const pems = z.object({ caCertificatePem: z.string(), certificatePem: z.string(), privateKeyPem: z.string() });

async function certificates(): Promise<Container["files"]> {
  const news = { commonName: COMMON_NAME, dnsNames: ["localhost", "opensearch"], ipAddresses: ["127.0.0.1"] };
  const { inputs } = tlsCertificateLifecycle.check(news, {});
  const { caCertificatePem, certificatePem, privateKeyPem } = pems.parse(
    (await tlsCertificateLifecycle.create(inputs)).state,
  );
  return [
    { name: "ca.pem", text: caCertificatePem },
    { name: "node.pem", text: certificatePem },
    { name: "node.key", text: privateKeyPem },
  ];
}

/** Readable by OpenSearch's own user only, which has the number 1000 in the image. */
async function copyIn(container: string, files: Container["files"]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-certs-"));
  try {
    mkdirSync(join(folder, "certs"));
    for (const { name, text } of files) writeFileSync(join(folder, "certs", name), text, { mode: 0o600 });
    const names = files.map(({ name }) => `certs/${name}`).join(" ");
    const pack = `tar --create --owner=1000 --group=1000 --mode=0400 --directory='${folder}' ${names}`;
    await run("sh", ["-c", `${pack} | docker cp - ${container}:${CONFIG}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
