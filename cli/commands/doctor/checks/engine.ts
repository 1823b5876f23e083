import { z } from "zod";
import type { DockerEngine } from "../../../../clients/docker/engine";
import { STACK_LABEL } from "../../../../components/stack-label";
import { symptomFor } from "../../../../diagnosis/diagnose";
import { PulumiFailure } from "../../../access/pulumi";
import { type Check, fail, nothing, type Outcome, ok, skip, warn } from "../check";
import type { Scene } from "../scene";
import { type Damaged, damagedFiles, isHeld, type Lock } from "../stack/backend";
import type { Pending, StackState } from "../stack/state";

const GROUP = "Stack";

/** What a killed `pulumi` left. These checks need only the stack, so they also run if its outputs cannot be read. */
export const engineChecks: readonly Check[] = [
  { id: "stack-state", title: "state", group: GROUP, run: state },
  { id: "stack-lock", title: "lock", group: GROUP, needs: ["stack-state"], run: lock },
  { id: "stack-pending", title: "cut-off operations", group: GROUP, needs: ["stack-lock"], run: pending },
  { id: "stack-left-overs", title: "left-overs in Docker", group: GROUP, needs: ["stack-lock"], run: inDocker },
];

async function state(scene: Scene): Promise<Outcome> {
  if (scene.access.stack === undefined) return nothing("no stack is read: flags or variables name the servers");
  try {
    return ok((await scene.stackState()).name);
  } catch (error) {
    if (!(error instanceof PulumiFailure)) throw error;
    const row = symptomFor({ server: "pulumi", text: error.said });
    return row === undefined ? nothing(error.said) : await damaged(scene, row.id, error.said);
  }
}

async function damaged(scene: Scene, symptom: string, said: string): Promise<Outcome> {
  const part: Damaged["part"] = symptom === "checkpoint-attributes" ? "attributes" : "state";
  const folder = scene.backendFolder();
  const found = folder === undefined ? [] : (await damagedFiles(folder)).filter((one) => one.part === part);
  const [first] = found;
  if (first === undefined) return fail(symptom, said);
  const files = found.map(({ stack }) => `${stack}.json${part === "attributes" ? ".attrs" : ""}`);
  const seen = `${said}; ${files.join(", ")} cannot be read`;
  return { ...fail(symptom, seen), names: { "BACKEND/.pulumi/stacks/PROJECT/STACK": inShell(first.stack) } };
}

function inShell(path: string): string {
  return /^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

async function lock(scene: Scene): Promise<Outcome> {
  const locks = await scene.stackLocks();
  if (locks === undefined) return skip("not looked at: the backend is no folder of this machine");
  if (locks.length === 0) return ok("not locked");
  const running = locks.find((one) => isHeld(one));
  if (running !== undefined) return nothing(`a pulumi works on it: ${told(running)}`);
  const all = locks.map((one) => `${told(one)}${isHeld(one) === false ? ", which is not there any more" : ""}`);
  return warn("stack-locked", `locked by ${all.join("; ")}`);
}

function told({ pid, username, hostname, timestamp }: Lock): string {
  return `process ${pid} of ${username} on ${hostname}, since ${timestamp.replace(/\.\d+/, "")}`;
}

async function pending(scene: Scene): Promise<Outcome> {
  const { pending: cutOff } = await scene.stackState();
  if (cutOff.length === 0) return ok("none");
  return warn("pending-operations", cutOff.map(operation).join(", "));
}

/** `urn:pulumi:dev::chat::ollamachat:index:OllamaChatStack$docker:index/network:Network::chat-network` → Network chat-network. */
function operation({ doing, urn }: Pending): string {
  const [, , type = "", ...name] = urn.split("::");
  return `${doing} ${type.slice(type.lastIndexOf(":") + 1)} ${name.join("::")}`;
}

async function inDocker(scene: Scene): Promise<Outcome> {
  const state = await scene.stackState();
  const all: LeftOvers[] = [];
  for (const { address, machine, engine } of await scene.dockers()) {
    if (engine === undefined) return skip(`not looked at: ${address} cannot be asked directly`);
    const found = await leftOvers(engine, state).catch(() => undefined);
    if (found === undefined) return skip(`Docker${machine === undefined ? "" : ` on ${machine}`} does not answer`);
    all.push(found);
  }
  const containers = all.flatMap((found) => found.containers);
  const networks = all.flatMap((found) => found.networks);
  if (containers.length === 0 && networks.length === 0) return ok("none");
  const seen = `the state does not know ${[...containers, ...networks].join(", ")}`;
  const symptom = containers.length > 0 ? "container-left-over" : "network-left-over";
  return { ...warn(symptom, seen), names: { NAME: (containers.length > 0 ? containers : networks).join(" ") } };
}

const containers = z.array(z.object({ Id: z.string(), Names: z.array(z.string()) }));
const networks = z.array(z.object({ Id: z.string(), Name: z.string() }));

/** Docker objects with the stack's label that its state does not know. Volumes do not count: some are kept on purpose. */
interface LeftOvers {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

/** @throws Error if Docker does not answer. */
async function leftOvers(engine: DockerEngine, { name, ids }: StackState): Promise<LeftOvers> {
  const label = `${STACK_LABEL}=${name.split("/").slice(-2).join("/")}`;
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const [ofContainers, ofNetworks] = await Promise.all([
    engine.get(`/containers/json?all=1&filters=${filters}`, containers),
    engine.get(`/networks?filters=${filters}`, networks),
  ]);
  return {
    containers: ofContainers
      .filter(({ Id }) => !ids.has(Id))
      .flatMap(({ Names }) => Names[0]?.replace(/^\//, "") ?? []),
    networks: ofNetworks.filter(({ Id }) => !ids.has(Id)).map(({ Name }) => Name),
  };
}
