import { z } from "zod";
import type { DockerEngine } from "../../../../clients/docker/engine";
import { isReachableAt } from "../../../../components/addresses";
import { STACK_LABEL } from "../../../../components/stack-label";
import { BaseUrl, isThisMachine } from "../../../../providers/shared/base-url";
import type { Access } from "../../../access/access";

const binding = z.object({ HostIp: z.string().default(""), HostPort: z.string() });
const bindings = z.record(z.string(), z.array(binding).nullable()).nullish();

const inspected = z.object({
  Id: z.string(),
  Name: z.string().transform((name) => name.replace(/^\//, "")),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Restarting: z.boolean().default(false),
    OOMKilled: z.boolean().default(false),
    ExitCode: z.number().default(0),
    Error: z.string().default(""),
    Health: z
      .object({ Status: z.string(), Log: z.array(z.object({ Output: z.string().default("") })).nullish() })
      .nullish(),
  }),
  HostConfig: z.object({ PortBindings: bindings, Memory: z.number().default(0) }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/** Label on the toolchain's own image: version of its security plugin, which differs from the server's. */
export const ADAPTED_SECURITY_LABEL = "pulumi-ollama-chat.security-plugin";

/** A container, as `GET /containers/<id>/json` returns it. */
export type Container = z.infer<typeof inspected>;

const listed = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Ports: z.array(z.object({ PublicPort: z.number().optional() })).nullish(),
  }),
);
const volumesAnswer = z.object({
  Volumes: z.array(z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullish() })).nullish(),
});
const infoAnswer = z.object({ ServerVersion: z.string().default("?"), DockerRootDir: z.string().default("") });

export const PARTS = ["opensearch", "ollama"] as const;
export type Part = (typeof PARTS)[number];

/** A Docker that may have the stack's containers. */
export interface Docker {
  /** As in `DOCKER_HOST`. */
  readonly address: string;
  /** The other machine that it runs on, if any. */
  readonly machine?: string | undefined;
  /** `undefined` for an address that cannot be asked directly. */
  readonly engine: DockerEngine | undefined;
  /** `project/stack`, if the stack's state names this Docker. */
  readonly stack?: string | undefined;
}

/** The containers behind a stack's endpoints in one Docker, and traces of removed ones. */
export interface StackContainers {
  readonly engine: DockerEngine;
  /** The other machine that Docker runs on, if any. */
  readonly machine: string | undefined;
  readonly version: string;
  /** Docker's data folder. */
  readonly root: string;
  readonly containers: Readonly<Partial<Record<Part, Container>>>;
  /** Names of missing containers whose volume still exists. */
  readonly removed: Readonly<Partial<Record<Part, string>>>;
}

/**
 * Finds the stack's containers by label and published port. Stopped ones count too. On another machine, where a name or a
 * forwarded port may lead, the stack's label counts instead of the endpoint's host.
 *
 * @throws Error if Docker does not answer.
 */
export async function stackContainers(
  engine: DockerEngine,
  access: Access,
  where: Pick<Docker, "machine" | "stack"> = {},
): Promise<StackContainers> {
  const filters = encodeURIComponent(JSON.stringify({ label: [STACK_LABEL] }));
  const [info, found, { Volumes: volumes }] = await Promise.all([
    engine.get("/info", infoAnswer),
    engine.get(`/containers/json?all=1&filters=${filters}`, listed),
    engine.get(`/volumes?filters=${filters}`, volumesAnswer),
  ]);
  const all = await Promise.all(found.map(({ Id }) => engine.get(`/containers/${Id}/json`, inspected)));
  const here: Record<Part, BaseUrl | undefined> = {
    opensearch: onMachine(access.opensearch?.endpoint, where),
    ollama: onMachine(access.ollamaEndpoint, where),
  };
  // A stopped container of another stack may have the same port, so prefer running ones.
  const runningFirst = all.toSorted((a, b) => Number(b.State.Running) - Number(a.State.Running));
  const containers = byPart((part) => runningFirst.find((one) => publishes(one, here[part], where)));
  const labels = (volumes ?? []).map((volume) => ({ name: volume.Name, stack: volume.Labels?.[STACK_LABEL] ?? "" }));
  const partner = Object.values(containers)[0]?.Config.Labels?.[STACK_LABEL];
  // Volumes alone do not tell whose the missing container was: other stacks may have left them.
  const stack = where.stack ?? partner;
  const removed = byPart((part) => {
    if (containers[part] !== undefined || here[part] === undefined) return undefined;
    const own = labels.filter((volume) => volume.stack === stack && volume.name.endsWith(`-${part}`));
    return own.find(({ name }) => !all.some(({ Name }) => Name === name))?.name;
  });
  return { engine, machine: where.machine, version: info.ServerVersion, root: info.DockerRootDir, containers, removed };
}

/** Name of any running container that publishes a port. */
export async function containerOnPort(engine: DockerEngine, port: number): Promise<string | undefined> {
  const all = await engine.get("/containers/json", listed);
  const holder = all.find(({ Ports }) => (Ports ?? []).some(({ PublicPort }) => PublicPort === port));
  return holder?.Names[0]?.replace(/^\//, "");
}

/** Ports on this machine that a container publishes, running or stopped. */
export function publishedPorts(container: Container): number[] {
  return bindingsOf(container).map(({ HostPort }) => Number(HostPort));
}

function bindingsOf(container: Container): z.infer<typeof binding>[] {
  return Object.values(container.HostConfig.PortBindings ?? {}).flatMap((bound) => bound ?? []);
}

function publishes(
  container: Container,
  url: BaseUrl | undefined,
  { machine, stack }: Pick<Docker, "machine" | "stack">,
): boolean {
  if (url === undefined) return false;
  if (machine !== undefined && stack !== undefined && container.Config.Labels?.[STACK_LABEL] !== stack) return false;
  const answers = (address: string) => (machine === undefined ? isReachableAt(address, url.hostname) : true);
  return bindingsOf(container).some(({ HostIp, HostPort }) => Number(HostPort) === url.port && answers(HostIp));
}

function onMachine(
  endpoint: string | undefined,
  { machine, stack }: Pick<Docker, "machine" | "stack">,
): BaseUrl | undefined {
  const url = endpoint === undefined ? undefined : BaseUrl.parse(endpoint);
  if (url === undefined || machine === undefined) return url && isThisMachine(url.text) ? url : undefined;
  return stack !== undefined || url.hostname === machine ? url : undefined;
}

function byPart<T>(find: (part: Part) => T | undefined): Partial<Record<Part, T>> {
  const entries = PARTS.map((part) => [part, find(part)] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<Part, T>>;
}
