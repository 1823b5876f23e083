import { answers } from "../../clients/answers";
import {
  type ContainerStatus,
  containerExit,
  dockerSeconds,
  inspectContainer,
  lastLogLines,
} from "../../clients/docker/container";
import type { DockerEngine } from "../../clients/docker/engine";
import { DeadlineError } from "../../clients/errors";
import { type Deadline, type Look, waitFor } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { dockerAddress, dockerAt } from "../shared/docker-address";
import { ended, neverHealthy, removed } from "./end";
import type { ContainerHealthInputs } from "./inputs";

/** A younger container was created by the update that now waits for it. */
const NEW_SECONDS = 60;
const SHORTEST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 500;
/** Each look over ssh is a login. */
const LONGEST_MILLISECONDS_OVER_SSH = 2_000;

/** @throws ExplainedError as soon as the container exits, or at the deadline. */
export async function waitUntilHealthy(inputs: ContainerHealthInputs, deadline: Deadline): Promise<void> {
  const address = inputs.dockerHost ?? dockerAddress();
  const engine = dockerAt(address, inputs.dockerTls);
  const first = engine && (await firstStatus(engine, inputs.containerId));
  if (engine === undefined || first === undefined) return await untilItAnswers(inputs.endpoint, deadline);
  const longest = address.startsWith("ssh:") ? LONGEST_MILLISECONDS_OVER_SSH : LONGEST_MILLISECONDS;
  try {
    await untilHealthy(engine, first, inputs, { deadline, maximumMilliseconds: longest });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw neverHealthy(first.name, error, await lastLogLines(engine, inputs.containerId));
  }
}

type FirstStatus = ContainerStatus & { readonly restartsBefore: number };

/** `undefined` if Docker cannot be reached from here, or does not have the container. */
async function firstStatus(engine: DockerEngine, id: string): Promise<FirstStatus | undefined> {
  try {
    const [look, now] = await Promise.all([inspectContainer(engine, id), dockerSeconds(engine)]);
    if (look === undefined) return undefined;
    // Any restart of a new container happened during this wait. An older container that used to restart may have been
    // fixed in the meantime, so only further restarts count.
    const isNew = now - look.createdSeconds < NEW_SECONDS;
    return { ...look, restartsBefore: isNew ? 0 : look.restarts };
  } catch {
    return undefined;
  }
}

async function untilHealthy(
  engine: DockerEngine,
  first: FirstStatus,
  { containerId, endpoint }: ContainerHealthInputs,
  pace: { readonly deadline: Deadline; readonly maximumMilliseconds: number },
): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    let seen: ContainerStatus | undefined;
    try {
      seen = await inspectContainer(engine, containerId);
    } catch (error) {
      // Docker may be busy, and the container may be fine.
      return { last: messageOf(error) };
    }
    if (seen === undefined) throw removed(first.name);
    if (seen.health === "healthy") return { done: true };
    if (seen.restarts > first.restartsBefore || seen.status === "exited" || seen.status === "dead") {
      throw ended(seen, await containerExit(engine, containerId, seen));
    }
    if (seen.health === undefined && seen.isRunning && (await answers(endpoint))) return { done: true };
    return { last: `${seen.status}, ${seen.health ?? "without a health check, and nothing answers"}` };
  };
  await waitFor(look, {
    waitingFor: `the container ${first.name} to be healthy`,
    startMilliseconds: SHORTEST_MILLISECONDS,
    ...pace,
  });
}

async function untilItAnswers(endpoint: string, deadline: Deadline): Promise<void> {
  const look = async (): Promise<Look<true>> =>
    (await answers(endpoint)) ? { done: true } : { last: "no answer yet" };
  const waitingFor = `an answer from ${endpoint}`;
  try {
    await waitFor(look, { waitingFor, deadline, startMilliseconds: SHORTEST_MILLISECONDS });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new ExplainedError({
      what: error.message,
      cause: "The container's program has not come up, or the port is not published to this machine.",
      fix: "Docker cannot be reached from here. Check docker ps and docker logs where it runs.",
    });
  }
}
