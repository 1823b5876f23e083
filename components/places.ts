import { promises as dns } from "node:dns";
import { isIP } from "node:net";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerHealthArgs } from "../providers/container-health/resource";
import { applied } from "../providers/dynamic/applied";
import { hostOf, isLoopback, isLoopbackHost } from "../providers/shared/base-url";
import { sentence } from "../providers/shared/checking";
import {
  type DockerAt,
  type DockerSettings,
  type DockerTls,
  dockerAddress,
  otherMachine,
} from "../providers/shared/docker-address";
import { askDockerHost, type DockerHost } from "../providers/shared/docker-host";
import { clientHost, clientUrl, fromContainer, isEveryAddress, isLocalOnly, publishAddressOf } from "./addresses";
import type { OllamaChatStackArgs } from "./args";
import { refusal } from "./refusal";

/** Where a server of a stack runs in Docker. Everything that depends on it is derived here, once. */
export interface Place {
  /** Its Docker provider, if it is none of the default ones. */
  readonly provider: docker.Provider | undefined;
  /** Whether that is a provider of its own, and not the component's. */
  readonly isApart: boolean;
  /** The machine that Docker runs on, if it is another one. */
  readonly machine: pulumi.Input<string | undefined>;
  readonly publishAddress: string;
  /** The host in URLs for clients where Pulumi runs. */
  readonly host: pulumi.Input<string>;
  /** The Docker, to be asked by the program. */
  readonly docker: pulumi.Output<DockerAt>;
  /** What it says of its host; `undefined` if it can't be asked. */
  readonly facts: pulumi.Output<DockerHost | undefined>;
  /** How `ContainerHealth` asks it. */
  readonly asked: Pick<ContainerHealthArgs, "dockerHost" | "dockerTls">;
}

export type Part = "ollama" | "opensearch";

/** The places of a stack's servers. */
export interface Places {
  /** Throws a `RunError`, or gives outputs that do, for addresses at which nobody could reach the server. */
  readonly of: (part: Part) => Place;
  /** Whether both servers have the same Docker provider, and so can share a network. */
  readonly isOneDocker: boolean;
}

type Fail = (path: readonly string[], value: unknown, rule: string) => pulumi.RunError;

const failIn =
  (component: string): Fail =>
  (path, value, rule) =>
    refusal(component, sentence(path, value, rule));

/** The base URL of a server's published port, for clients where Pulumi runs. */
export function urlAt(place: Place, scheme: "http" | "https", port: number): pulumi.Input<string> {
  return applied(place.host, (host) => clientUrl(scheme, host, port));
}

/**
 * `publishAddress` and `hostname` of the stack are about the host of the component's provider. A server with a provider of
 * its own has its own.
 */
export function placesOf(component: pulumi.ComponentResource, name: string, args: OllamaChatStackArgs): Places {
  const fail = failIn(name);
  const inherited = providerOf(component);
  let ofStack: Place | undefined;
  const place = (part: Part): Place => {
    const own = args[part] ?? {};
    if (own.docker !== undefined) {
      const { docker: provider, hostname, publishAddress } = own;
      const path = { hostname: [part], publishAddress: [part] };
      return placeAt({ provider, isApart: true, hostname, publishAddress, path, fail });
    }
    const path = {
      hostname: own.hostname === undefined ? [] : [part],
      publishAddress: own.publishAddress === undefined ? [] : [part],
    };
    const { hostname = args.hostname, publishAddress = args.publishAddress } = own;
    const asked = { hostname, publishAddress, provider: inherited, isApart: false, path, fail };
    if (path.hostname.length + path.publishAddress.length > 0) return placeAt(asked);
    ofStack ??= placeAt(asked);
    return ofStack;
  };
  const isOneDocker = (args.ollama?.docker ?? inherited) === (args.opensearch?.docker ?? inherited);
  const known = new Map<Part, Place>();
  const of = (part: Part): Place => {
    const found = known.get(part) ?? place(part);
    known.set(part, found);
    return found;
  };
  return { of, isOneDocker };
}

function providerOf(component: pulumi.ComponentResource): docker.Provider | undefined {
  const provider = component.getProvider("docker:index/container:Container");
  return docker.Provider.isInstance(provider) ? provider : undefined;
}

interface Asked {
  readonly provider: docker.Provider | undefined;
  readonly isApart: boolean;
  readonly hostname: pulumi.Input<string> | undefined;
  readonly publishAddress: string | undefined;
  /** Where each of the two arguments stands: in the stack's, or in those of a server. */
  readonly path: { readonly hostname: readonly string[]; readonly publishAddress: readonly string[] };
  readonly fail: Fail;
}

function placeAt(given: Asked): Place {
  const { settings, dockerTls } = given.provider === undefined ? configured() : settingsOf(given.provider);
  const machine = applied(settings, (known) => otherMachine(dockerAddress(known)));
  const host = applied({ machine, hostname: given.hostname }, (known) => {
    const reached = reachedAs(known, given);
    return typeof reached === "string" ? reached : pulumi.output(reached);
  });
  const at = pulumi.all([settings, dockerTls]).apply(([known, tls]) => ({ address: dockerAddress(known), tls }));
  // What Docker tells of its host is no secret, though the key may be.
  const docker = pulumi.unsecret(at);
  const dockerHost = applied(settings, (known) => (known.host || known.context ? dockerAddress(known) : undefined));
  return {
    provider: given.provider,
    isApart: given.isApart,
    machine,
    publishAddress: publishAddressOf(given),
    host: host as pulumi.Input<string>,
    docker,
    facts: docker.apply(askDockerHost),
    asked: {
      ...(dockerHost === undefined ? {} : { dockerHost: dockerHost as pulumi.Input<string> }),
      ...(dockerTls === undefined ? {} : { dockerTls: dockerTls as pulumi.Input<DockerTls> }),
    },
  };
}

type Settings = Record<keyof DockerSettings, pulumi.Input<string | undefined>>;
type Tls = pulumi.Input<DockerTls | undefined>;

/** The Docker of the stack's configuration. */
export function configuredDocker(): DockerSettings {
  const config = new pulumi.Config("docker");
  return { host: config.get("host"), context: config.get("context") };
}

/** The settings of the provider that resources have without a provider of their own. */
function configured(): { settings: Settings; dockerTls: Tls } {
  const config = new pulumi.Config("docker");
  const { host, context } = configuredDocker();
  const tls = {
    certPath: config.get("certPath"),
    caMaterial: config.get("caMaterial"),
    certMaterial: config.get("certMaterial"),
    keyMaterial: config.getSecret("keyMaterial"),
  };
  const isTls = Object.values(tls).some((text) => text !== undefined);
  return {
    settings: { host, context },
    dockerTls: isTls ? (pulumi.all(tls) as pulumi.Output<DockerTls>) : undefined,
  };
}

function settingsOf(provider: docker.Provider): { settings: Settings; dockerTls: Tls } {
  const [host, context] = [setting(provider.host), setting(provider.context)];
  const tls = {
    certPath: setting(provider.certPath),
    caMaterial: setting(provider.caMaterial),
    certMaterial: setting(provider.certMaterial),
    keyMaterial: setting(provider.keyMaterial),
  };
  const dockerTls = pulumi
    .all(tls)
    .apply((known) => (Object.values(known).some(Boolean) ? (known as DockerTls) : undefined));
  return { settings: { host, context }, dockerTls };
}

/**
 * A setting of a provider. In previews, the SDK takes a setting that was not given for one that is not known yet. Only the
 * value that it keeps with unknowns tells the two apart.
 */
function setting(output: pulumi.Output<string | undefined>): pulumi.Output<string | undefined> {
  const kept = output as unknown as { promise(withUnknowns: true): Promise<unknown> };
  const given = kept.promise(true).then((value) => (value === undefined ? undefined : output));
  return pulumi.output(given) as pulumi.Output<string | undefined>;
}

interface Known {
  /** The other machine that Docker runs on, if any. */
  readonly machine?: string | undefined;
  readonly hostname?: string | undefined;
}

type Given = Pick<Asked, "publishAddress" | "path" | "fail">;

/**
 * The host in URLs for clients where Pulumi runs; a promise if a name has to be looked up. Throws a `RunError`, or rejects
 * with one, if a port could not be reached there.
 */
export function reachedAs({ machine, hostname }: Known, given: Given): string | Promise<string> {
  const publishAddress = publishAddressOf(given);
  if (hostname === undefined) {
    if (machine === undefined) return clientHost(publishAddress);
    if (isLocalOnly(publishAddress)) throw unreachable({ machine }, given);
    if (!isEveryAddress(publishAddress)) return clientHost(publishAddress);
  }
  const host = clientHost(publishAddress, hostname ?? machine);
  const check = (addresses: readonly string[]): string => {
    const isHere = addresses.every((address) => isLoopbackHost(hostOf(address)));
    if (isLocalOnly(publishAddress) && !isHere) throw unreachable({ machine, hostname }, given);
    return host;
  };
  if (host === "localhost" || isIP(host.replace(/^\[|\]$/g, "")) !== 0) return check([host]);
  return dns.lookup(host, { all: true }).then(
    (found) => check(found.map(({ address }) => address)),
    () => {
      const rule =
        hostname === undefined
          ? `${HOSTNAME_RULE}, because its Docker address has the name ${host}, which cannot be resolved`
          : `${HOSTNAME_RULE}, and this name cannot be resolved`;
      throw given.fail([...given.path.hostname, "hostname"], hostname, rule);
    },
  );
}

const HOSTNAME_RULE = "must be a name or an IP address under which the Docker host is reached from here";

function unreachable({ machine, hostname }: Known, { publishAddress, path, fail }: Given): pulumi.RunError {
  const place = [...path.publishAddress, "publishAddress"];
  const rule = (where: string) =>
    `must be an IP address of ${where}, or 0.0.0.0 for all that it has, because 127.0.0.1 is reached there only`;
  if (machine === undefined) {
    return fail(place, publishAddress, rule(`this machine, which clients are to reach as ${hostname}`));
  }
  const warning =
    path.hostname[0] === "opensearch" ? "" : ". Whoever reaches Ollama's port can use it without a password";
  const forwarded = [...path.hostname, "hostname"].join(".");
  const other = `. To keep 127.0.0.1, forward the port to this machine and set ${forwarded} to localhost`;
  return fail(place, publishAddress, `${rule(machine)}${warning}${other}`);
}

/**
 * Base URL of the stack's Ollama for OpenSearch: its alias in a shared network, else its published port. Throws, or gives an
 * output that does, if that is reached on Ollama's machine only.
 */
export function ollamaForOpenSearch(
  component: string,
  args: OllamaChatStackArgs,
  places: Places,
  urls: { readonly published: pulumi.Input<string>; readonly inNetwork: string },
): pulumi.Input<string> {
  const { endpointForOpenSearch, docker: own, hostname, publishAddress } = args.ollama ?? {};
  if (endpointForOpenSearch !== undefined) return endpointForOpenSearch;
  if (args.opensearch?.existing !== undefined) return urls.published;
  if (places.isOneDocker) return urls.inNetwork;
  return applied(urls.published, (url) => {
    if (!isLoopback(url)) return url;
    const address = publishAddressOf({ publishAddress: publishAddress ?? (own ? undefined : args.publishAddress) });
    const isWide = isEveryAddress(address) || hostname !== undefined;
    const [name, value] = isWide ? (["hostname", hostname] as const) : (["publishAddress", publishAddress] as const);
    const rule = isWide
      ? "must be a name or an IP address under which OpenSearch's Docker host reaches Ollama's"
      : "must be an IP address under which OpenSearch's Docker host reaches Ollama's, or 0.0.0.0 with ollama.hostname";
    throw failIn(component)(
      ["ollama", name],
      value,
      `${rule}, because the two have different Docker providers; or give ollama.endpointForOpenSearch`,
    );
  });
}

/** Base URL of an existing Ollama for OpenSearch in a container, where localhost would be the container itself. */
export function existingForOpenSearch(
  component: string,
  endpoint: pulumi.Input<string>,
  { machine }: Place,
): pulumi.Input<string> {
  return applied({ endpoint, machine }, (known) => {
    if (known.machine === undefined || !isLoopback(known.endpoint)) return fromContainer(known.endpoint);
    const rule = `must be an address that ${known.machine} reaches, where OpenSearch runs; or give ollama.endpointForOpenSearch`;
    throw failIn(component)(["ollama", "existing", "endpoint"], known.endpoint, rule);
  });
}
