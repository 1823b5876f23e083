import { type Check, fail, notHere, type Outcome, ok, warn } from "../check";
import { portHolder } from "../docker/port-holder";
import {
  type Container,
  containerOnPort,
  type Part,
  publishedPorts,
  type StackContainers,
} from "../docker/stack-containers";
import type { Scene } from "../scene";
import { gigabytes } from "../sizes";

const GROUP = "Containers";
const NAMES: Record<Part, string> = { opensearch: "OpenSearch", ollama: "Ollama" };
/** OpenSearch's own disk circuit breaker opens below this (`disk_free_space_threshold`). */
const LEAST_FREE_BYTES = 5e9;

export const containerChecks: readonly Check[] = [
  { id: "docker", title: "Docker", group: GROUP, run: docker },
  { id: "docker-disk", title: "Docker's disk", group: GROUP, needs: ["docker"], run: disk },
  container("opensearch"),
  container("ollama"),
];

async function docker(scene: Scene): Promise<Outcome> {
  const found = await dockerOf(scene);
  if (typeof found === "string") return notHere(found);
  const names = Object.values(found.containers).map(({ Name }) => Name);
  return ok(`${found.version}; ${names.length > 0 ? names.join(", ") : "no container of the stack is left"}`);
}

/** The stack's containers, or why none were found. */
async function dockerOf(scene: Scene): Promise<StackContainers | string> {
  try {
    const found = await scene.docker();
    if (found === undefined)
      return `not looked at: ${scene.machine.dockerHost} is no address that can be asked directly`;
    const parts = Object.keys({ ...found.containers, ...found.removed });
    return parts.length > 0 ? found : "no container with this package's label publishes these ports";
  } catch {
    return "Docker does not answer";
  }
}

async function disk(scene: Scene): Promise<Outcome> {
  const found = await dockerOf(scene);
  if (typeof found === "string") return notHere(found);
  const space = await scene.machine.disk(found.root);
  if (space === undefined) return notHere(`${found.root} cannot be read`);
  const seen = `${gigabytes(space.freeBytes)} free of ${gigabytes(space.totalBytes)}`;
  return space.freeBytes < LEAST_FREE_BYTES ? warn("docker-disk-low", seen) : ok(seen);
}

function container(part: Part): Check {
  const run = async (scene: Scene): Promise<Outcome> => {
    const found = await dockerOf(scene);
    if (typeof found === "string") return notHere(found);
    const gone = found.removed[part];
    if (gone !== undefined) return fail("container-removed", `${gone} is not there; its volume is`);
    const one = found.containers[part];
    return one === undefined ? notHere("not in a container of this package") : await judged(one, found);
  };
  return { id: `container-${part}`, title: `${NAMES[part]} container`, group: GROUP, needs: ["docker"], run };
}

const PORT_TAKEN = /port is already allocated|address already in use/i;
/** Up to this many restarts are no restart loop. */
const FEW_RESTARTS = 2;
const KILLED = 137;

async function judged(one: Container, { engine }: StackContainers): Promise<Outcome> {
  const { Id, Name, State, RestartCount } = one;
  if (PORT_TAKEN.test(State.Error)) return fail("port-taken", await portSeen(one, engine));
  const log = async () => {
    const line = await engine.lastLogLine(Id);
    return line === "" ? "" : `; its log ends: ${line}`;
  };
  if (State.OOMKilled) {
    return fail("container-out-of-memory", `${Name} was killed for want of memory (exit code ${State.ExitCode})`);
  }
  if (State.Restarting || (RestartCount > FEW_RESTARTS && State.Health?.Status !== "healthy")) {
    return fail(
      "container-restarting",
      `${Name} was restarted ${RestartCount} times, exit code ${State.ExitCode}${await log()}`,
    );
  }
  if (!State.Running) {
    const killed = State.ExitCode === KILLED ? " (killed)" : "";
    const error = State.Error === "" ? await log() : `; ${State.Error}`;
    return fail("container-stopped", `${Name} is ${State.Status}, exit code ${State.ExitCode}${killed}${error}`);
  }
  const health = State.Health?.Status ?? "without a health check";
  if (health === "unhealthy") {
    const said = State.Health?.Log?.at(-1)?.Output.trim().split("\n")[0];
    return fail("container-unhealthy", `${Name} runs, unhealthy${said ? `: ${said}` : ""}`);
  }
  if (health === "starting") return warn("container-unhealthy", `${Name} runs; its health check still waits`);
  return ok(`running, ${health}`);
}

async function portSeen(one: Container, engine: StackContainers["engine"]): Promise<string> {
  const [port = 0] = publishedPorts(one);
  const other = await containerOnPort(engine, port).catch(() => undefined);
  const holder = other === undefined ? await portHolder(port) : `the container ${other}`;
  return `${one.Name} could not start: port ${port} is held by ${holder ?? "a program that this user may not see"}`;
}
