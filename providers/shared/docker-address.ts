import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DOCKER_HOST, type DockerCertificates, DockerEngine } from "../../clients/docker/engine";
import { hostOf, isThisMachine } from "./base-url";

/** TLS of a Docker, with the names of `docker.Provider`. */
export interface DockerTls {
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, on the machine where Pulumi runs. */
  readonly certPath?: string;
  /** PEM of the authority of Docker's certificate. */
  readonly caMaterial?: string;
  /** PEM of the client's certificate. */
  readonly certMaterial?: string;
  /** PEM of the client's key. */
  readonly keyMaterial?: string;
}

/** How a Docker is asked. */
export interface DockerAt {
  /** As in `DOCKER_HOST`. */
  readonly address: string;
  readonly tls?: DockerTls | undefined;
}

/** How a Docker provider names the Docker it works with. */
export interface DockerSettings {
  /** An address as in `DOCKER_HOST`. */
  readonly host?: string;
  /** A context of Docker's client, which goes before `host`. */
  readonly context?: string;
}

/** The address of a provider's Docker: by its settings, else by the variables that it reads too. */
export function dockerAddress({ host, context }: DockerSettings = {}, environment = process.env): string {
  const chosen = context || environment.DOCKER_CONTEXT;
  const inContext = chosen ? addressOfContext(chosen, environment) : undefined;
  return inContext ?? (host || environment.DOCKER_HOST || DOCKER_HOST);
}

const contextFile = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/** Docker's client keeps each context in a folder named after its hash. */
function addressOfContext(name: string, { DOCKER_CONFIG }: NodeJS.ProcessEnv): string | undefined {
  const hash = createHash("sha256").update(name).digest("hex");
  const folder = join(DOCKER_CONFIG || join(homedir(), ".docker"), "contexts", "meta", hash);
  try {
    return contextFile.parse(JSON.parse(readFileSync(join(folder, "meta.json"), "utf8"))).Endpoints.docker.Host;
  } catch {
    // The provider reports a context that is not there.
    return undefined;
  }
}

/**
 * The name or address of the machine that a Docker runs on, as in a URL; `undefined` for this machine. An address such
 * as `tcp://localhost:2375` is taken for this machine, though a tunnel may lead elsewhere.
 */
export function otherMachine(address: string): string | undefined {
  if (!/^(?:tcp|ssh|https?):\/\//.test(address) || !URL.canParse(address)) return undefined;
  const { hostname } = new URL(address.replace(/^\w+:/, "http:"));
  return hostname === "" || isThisMachine(`http://${hostname}`) ? undefined : hostOf(hostname.replace(/^\[|\]$/g, ""));
}

/** A client for a Docker; `undefined` if its address is of an unknown kind, or its certificates cannot be read. */
export function dockerAt(address: string, tls?: DockerTls): DockerEngine | undefined {
  try {
    return DockerEngine.at(address, certificatesOf(tls ?? { certPath: process.env.DOCKER_CERT_PATH }));
  } catch {
    return undefined;
  }
}

function certificatesOf({
  certPath,
  caMaterial,
  certMaterial,
  keyMaterial,
}: DockerTls): DockerCertificates | undefined {
  if (caMaterial || certMaterial || keyMaterial) return { ca: caMaterial, cert: certMaterial, key: keyMaterial };
  if (!certPath) return undefined;
  const read = (file: string) => readFileSync(join(certPath, file), "utf8");
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
