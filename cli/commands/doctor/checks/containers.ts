import { type Check, fail, type Outcome, ok, skip, warn } from "../check";
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
  const found = await dockersOf(scene);
  if (typeof found === "string") return skip(found);
  const told = found.map(({ version, machine, containers }) => {
    const names = Object.values(containers).map(({ Name }) => Name);
    const where = machine === undefined ? "" : ` on ${machine}`;
    return `${version}${where}; ${names.length > 0 ? names.join(", ") : "no container of the stack is left"}`;
  });
  return ok(told.join("; "));
}

/** Dockers with containers of the stack, or with traces of them; if there are none, why. */
async function dockersOf(scene: Scene): Promise<readonly StackContainers[] | string> {
  const all = await scene.containers();
  const [first] = await scene.dockers();
  if (all.length === 0) return `not looked at: ${first?.address} is no address that can be asked directly`;
  const found = all.flatMap(({ found }) => (found instanceof Error ? [] : [found]));
  const silent = all.find(({ found }) => found instanceof Error)?.docker;
  const own = found.filter(({ containers, removed }) => Object.keys({ ...containers, ...removed }).length > 0);
  if (own.length > 0) return own;
  if (silent !== undefined)
    return silent.machine === undefined ? SILENT : `Docker on ${silent.machine} does not answer`;
  return "no container with this package's label publishes these ports";
}

const SILENT = "Docker does not answer";

async function disk(scene: Scene): Promise<Outcome> {
  const found = await dockersOf(scene);
  if (typeof found === "string") return skip(found);
  const here = found.find(({ machine }) => machine === undefined);
  if (here === undefined) return skip(`Docker runs on ${found[0]?.machine}`);
  const space = await scene.machine.disk(here.root);
  if (space === undefined) return skip(`${here.root} cannot be read`);
  const seen = `${gigabytes(space.freeBytes)} free of ${gigabytes(space.totalBytes)}`;
  return space.freeBytes < LEAST_FREE_BYTES ? warn("docker-disk-low", seen) : ok(seen);
}

function container(part: Part): Check {
  const run = async (scene: Scene): Promise<Outcome> => {
    const found = await dockersOf(scene);
    if (typeof found === "string") return skip(found);
    const has = found.find(({ containers }) => containers[part] !== undefined);
    const one = has?.containers[part];
    if (has !== undefined && one !== undefined) return await judged(one, has);
    const gone = found.find(({ removed }) => removed[part] !== undefined)?.removed[part];
    if (gone !== undefined) return fail("container-removed", `${gone} is not there; its volume is`);
    const silent = (await scene.containers()).find(({ found: other }) => other instanceof Error)?.docker;
    return skip(silent === undefined ? "not in a container of this package" : `${silent.address} does not answer`);
  };
  return { id: `container-${part}`, title: `${NAMES[part]} container`, group: GROUP, needs: ["docker"], run };
}

const PORT_TAKEN = /port is already allocated|address already in use/i;
/** Up to this many restarts are no restart loop. */
const FEW_RESTARTS = 2;
const KILLED = 137;

async function judged(one: Container, { engine, machine }: StackContainers): Promise<Outcome> {
  const { Id, Name, State, RestartCount } = one;
  if (PORT_TAKEN.test(State.Error)) return fail("port-taken", await portSeen(one, engine, machine));
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
  return ok(machine === undefined ? `running, ${health}` : `running on ${machine}, ${health}`);
}

async function portSeen(
  one: Container,
  engine: StackContainers["engine"],
  machine: string | undefined,
): Promise<string> {
  const [port = 0] = publishedPorts(one);
  const other = await containerOnPort(engine, port).catch(() => undefined);
  const unknown = machine === undefined ? "a program that this user may not see" : `a program on ${machine}`;
  const program = other === undefined && machine === undefined ? await portHolder(port) : undefined;
  const holder = other === undefined ? program : `the container ${other}`;
  return `${one.Name} could not start: port ${port} is held by ${holder ?? unknown}`;
}
