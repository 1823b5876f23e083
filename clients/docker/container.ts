import { z } from "zod";
import { rememberSecrets } from "../redact";
import { type DockerEngine, DockerRefusal } from "./engine";

const inspected = z.object({
  Name: z.string().transform((name) => name.replace(/^\//, "")),
  Created: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    ExitCode: z.number().default(0),
    FinishedAt: z.string().default(""),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Env: z.array(z.string()).nullish() }),
});

export interface ContainerStatus {
  readonly name: string;
  readonly createdSeconds: number;
  /** How often Docker has restarted it. */
  readonly restarts: number;
  /** Docker's state: created, running, restarting, exited, dead, paused, removing. */
  readonly status: string;
  readonly isRunning: boolean;
  /** Docker's health: starting, healthy, unhealthy; `undefined` without a health check. */
  readonly health: string | undefined;
  /** Of its last exit, if it is not running. */
  readonly exitCode: number;
}

/**
 * Inspects a container. Secrets in its environment are redacted from everything printed later, since programs often
 * print them when they crash.
 *
 * @returns `undefined` if Docker has no such container.
 * @throws Error if Docker does not answer.
 */
export async function inspectContainer(engine: DockerEngine, id: string): Promise<ContainerStatus | undefined> {
  try {
    const { Name, Created, RestartCount, State, Config } = await engine.get(`/containers/${id}/json`, inspected);
    rememberSecrets((Config.Env ?? []).filter((entry) => SECRET.test(entry)).map(valueIn));
    return {
      name: Name,
      createdSeconds: Date.parse(Created) / 1000,
      restarts: RestartCount,
      status: State.Status,
      isRunning: State.Running,
      health: State.Health?.Status,
      exitCode: State.ExitCode,
    };
  } catch (error) {
    if (error instanceof DockerRefusal && error.status === 404) return undefined;
    throw error;
  }
}

const SECRET = /^[^=]*(password|passwd|secret|token|key|credential)[^=]*=/i;

function valueIn(entry: string): string {
  return entry.slice(entry.indexOf("=") + 1);
}

const clock = z.object({ SystemTime: z.string() });

/** Docker's own clock, in seconds. */
export async function dockerSeconds(engine: DockerEngine): Promise<number> {
  return Date.parse((await engine.get("/info", clock)).SystemTime) / 1000;
}

const died = z.object({ timeNano: z.number(), Actor: z.object({ Attributes: z.object({ exitCode: z.string() }) }) });

/** How a container last exited, and the last lines that it printed before. */
export interface ContainerExit {
  /** `undefined` if Docker no longer has the event. */
  readonly exitCode: number | undefined;
  readonly lines: readonly string[];
}

const LAST_LINES = 15;

export async function containerExit(engine: DockerEngine, id: string, look: ContainerStatus): Promise<ContainerExit> {
  const filters = encodeURIComponent(JSON.stringify({ container: [id], event: ["die"] }));
  const ends = await dockerSeconds(engine)
    .then((now) =>
      engine.getLines(`/events?since=${Math.floor(look.createdSeconds)}&until=${now}&filters=${filters}`, died),
    )
    .catch(() => []);
  const last = ends.at(-1);
  const until = last === undefined ? undefined : (last.timeNano / 1e9 + 0.001).toFixed(3);
  const lines = await engine.lastLogLines(id, LAST_LINES, until);
  const exitCode = last === undefined ? undefined : Number(last.Actor.Attributes.exitCode);
  return { exitCode: exitCode ?? (look.isRunning ? undefined : look.exitCode), lines };
}

/** The last lines of a container's log. */
export async function lastLogLines(engine: DockerEngine, id: string): Promise<readonly string[]> {
  return await engine.lastLogLines(id, LAST_LINES);
}
