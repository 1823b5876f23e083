import { serverKey } from "../../clients/base-url";
import { DeadlineError, UnreachableError } from "../../clients/errors";
import {
  deleteModel,
  findModel,
  type ListedModel,
  loadModel,
  showModel,
  unloadModel,
  untilServerAnswers,
} from "../../clients/ollama/models";
import { listedName, sameModel } from "../../clients/ollama/names";
import { OllamaServer } from "../../clients/ollama/server";
import { Deadline } from "../../clients/wait";
import { messageOf } from "../../diagnosis/failure";
import { checkWith } from "../shared/checking";
import { changedKeys, pick } from "../shared/compare";
import { explained, FORGET_UNREACHABLE } from "../shared/explain";
import { type Lifecycle, PartialFailure } from "../shared/lifecycle";
import { authHeaders, authInUse, authSecrets, type OllamaAuth } from "../shared/ollama-auth";
import { modelUsers, oneAtATime } from "../shared/run-memory";
import { timeoutMilliseconds } from "../shared/timeouts";
import { ensureModel, fitsDigest, OWNED_NOTHING, reportModelProgress, say, type Work } from "./ensure";
import { explainedForOllama } from "./explain";
import {
  contradictions,
  type Holding,
  INPUT_KEYS,
  type OllamaModelInputs,
  type OllamaModelState,
  ollamaModelSchema,
  SCHEMA_VERSION,
  TIMEOUTS,
} from "./inputs";
import { recipeDrift } from "./recipe";

/** Inputs that determine the model on the server. */
const CONTENT = ["from", "system", "parameters", "template", "source"] as const;
/** Not compared by equality. */
const SPECIAL: readonly string[] = ["model", "expectedDigest"];
const PLAIN = INPUT_KEYS.filter((key) => !SPECIAL.includes(key));

/**
 * How long a server that has just started may refuse connections. A wrong endpoint should not take half an hour to
 * fail.
 */
const START_MILLISECONDS = 60_000;
/** How long a delete waits for an unreachable server. */
const DELETE_REACH_MILLISECONDS = 10_000;
const UNLOAD_SECONDS = 5;

/**
 * A model on an Ollama server. A model that was already there is used and never removed. A pulled model stays as well
 * unless the program says otherwise, since Ollama cannot tell who else uses it by now. Only a change of `model`
 * replaces the resource: a new endpoint is usually the same server behind another port, so it is an update in place.
 */
export const ollamaModelLifecycle: Lifecycle<OllamaModelInputs, OllamaModelState> = explained(
  "OllamaModel",
  explainedForOllama({ check, diff, create, read, update, delete: remove }),
  secretsOf,
);

/** Runs before `check`, so the properties may be anything. */
function secretsOf(properties: object): (string | undefined)[] {
  const { auth } = properties as { auth?: OllamaAuth };
  return typeof auth === "object" && auth !== null ? [...authSecrets(auth), ...authSecrets(authInUse(auth))] : [];
}

function serverOf({ endpoint, auth }: Pick<OllamaModelInputs, "endpoint" | "auth">): OllamaServer {
  return new OllamaServer(endpoint, authHeaders(authInUse(auth)));
}

function check(news: unknown) {
  const failures = checkWith(ollamaModelSchema, news);
  const inputs = news as OllamaModelInputs;
  const loose = (typeof news === "object" && news !== null ? news : {}) as Readonly<Record<string, unknown>>;
  return { inputs, failures: failures.length > 0 ? failures : contradictions(loose) };
}

function diff(_id: string, olds: OllamaModelState, news: OllamaModelInputs) {
  recordUse(news);
  const other = !sameModel(olds.model, news.model);
  const changes = other || changedKeys(olds, news, PLAIN).length > 0 || !fitsDigest(news, olds);
  return { changes, replaces: other ? ["model"] : [] };
}

/** Records which models a resource needs. The engine calls `diff` for each resource before it deletes any. */
function recordUse({ endpoint, model, from, owner = "" }: OllamaModelInputs): void {
  for (const each of [model, from]) {
    // In a preview either may be unknown, or invalid and rejected by `check`.
    if (typeof each !== "string") continue;
    const key = keyOf({ endpoint, model: each });
    modelUsers.set(key, (modelUsers.get(key) ?? new Set()).add(owner));
  }
}

function isUsedByAnother(endpoint: string, model: string, owner = ""): boolean {
  return [...(modelUsers.get(keyOf({ endpoint, model })) ?? [])].some((each) => each !== owner);
}

function keyOf({ endpoint, model }: Pick<OllamaModelInputs, "endpoint" | "model">): string {
  return `${serverKey(endpoint)} ${listedName(model).toLowerCase()}`;
}

async function create(inputs: OllamaModelInputs) {
  recordUse(inputs);
  const work = await begin(inputs, "createSeconds");
  return await oneAtATime(keyOf(inputs), async () => {
    const holding = await ensureModel(work, OWNED_NOTHING, false);
    if (!holding.pulled) {
      // In a forced replacement the old resource has the same owner.
      recordUse({ ...inputs, owner: `new ${inputs.owner}` });
      say(inputs.model, "is already on the server; it is used as it is and will not be removed");
    }
    return { id: listedName(inputs.model), state: await warmUp(work, holding) };
  });
}

async function begin(inputs: OllamaModelInputs, operation: "createSeconds" | "updateSeconds"): Promise<Work> {
  const server = serverOf(inputs);
  const deadline = Deadline.after(timeoutMilliseconds({ ...TIMEOUTS, ...inputs.timeouts }, operation));
  const start = Deadline.after(Math.min(deadline.remainingMilliseconds, START_MILLISECONDS));
  await untilServerAnswers(server, start, (line) => reportModelProgress(inputs.model, line));
  return { server, inputs, deadline };
}

async function warmUp({ server, inputs, deadline }: Work, holding: Holding): Promise<OllamaModelState> {
  const state = { ...inputs, ...holding, schemaVersion: SCHEMA_VERSION };
  if (!inputs.warmUp) return state;
  try {
    await loadModel(server, inputs, deadline);
    return state;
  } catch (error) {
    throw new PartialFailure(listedName(inputs.model), state, error);
  }
}

async function read(_id: string, state: OllamaModelState) {
  const server = serverOf(state);
  const found = await findModel(server, state.model);
  if (found === undefined) return undefined;
  const drift = await driftOf(server, state, found);
  const seen = { ...state, ...drift, ...pick(found, ["digest", "sizeBytes", "modifiedAt"]) };
  return { state: seen, inputs: pick(seen, [...INPUT_KEYS, "owner"]) };
}

/** For a pulled model with a new digest, only the digest changes. For a derived one, its recipe is read as well. */
async function driftOf(server: OllamaServer, state: OllamaModelState, found: ListedModel) {
  if (found.digest === state.digest) return {};
  say(state.model, `its digest has changed, from ${state.digest} to ${found.digest}`);
  return state.from === undefined ? {} : recipeDrift(state, await showModel(server, state.model));
}

async function update(_id: string, olds: OllamaModelState, news: OllamaModelInputs): Promise<OllamaModelState> {
  const work = await begin(news, "updateSeconds");
  return await oneAtATime(keyOf(news), async () => {
    const moved = olds.endpoint !== news.endpoint;
    const ours = !moved || sameWrite(await findModel(work.server, news.model), olds);
    const sameBase = olds.from !== undefined && news.from !== undefined && sameModel(olds.from, news.from);
    const before = ours ? { pulled: olds.pulled, fromPulled: olds.fromPulled && sameBase } : OWNED_NOTHING;
    const holding = await ensureModel(work, before, changedKeys(olds, news, CONTENT).length > 0);
    if (moved) await leaveOldServer(olds, holding);
    else if (olds.fromPulled && !sameBase && !isRetained(olds))
      await warnOnFailure(olds, () => deleteBase(work.server, olds));
    return await warmUp(work, holding);
  });
}

/** The time of the last write distinguishes servers that hold the same build. */
function sameWrite(
  a: Pick<Holding, "digest" | "modifiedAt"> | undefined,
  b: Pick<Holding, "digest" | "modifiedAt">,
): boolean {
  return a?.digest === b.digest && Date.parse(a.modifiedAt) === Date.parse(b.modifiedAt);
}

/** Removes what was pulled to the old server, unless both endpoints lead to the same server. */
async function leaveOldServer(olds: OllamaModelState, now: Holding): Promise<void> {
  if (isRetained(olds) || !(olds.pulled || olds.fromPulled)) return;
  const server = serverOf(olds);
  await warnOnFailure(olds, async () => {
    const left = await findModel(server, olds.model);
    if (left === undefined || sameWrite(left, now)) return;
    await deleteHeld(server, olds);
    say(olds.model, `removed from ${olds.endpoint}`);
  });
}

/** Only warns, because the update itself has succeeded. */
async function warnOnFailure(olds: OllamaModelState, task: () => Promise<void>): Promise<void> {
  await task().catch((error: unknown) => {
    say(olds.model, `warning: not removed from ${olds.endpoint}: ${messageOf(error)}`);
  });
}

async function deleteHeld(server: OllamaServer, state: OllamaModelState): Promise<void> {
  if (state.pulled) await deleteUnlessUsed(server, state.model, state);
  await deleteBase(server, state);
}

async function deleteBase(server: OllamaServer, state: OllamaModelState): Promise<void> {
  if (state.fromPulled && state.from !== undefined) await deleteUnlessUsed(server, state.from, state);
}

async function deleteUnlessUsed(server: OllamaServer, model: string, state: OllamaModelState): Promise<void> {
  if (!isUsedByAnother(state.endpoint, model, state.owner)) return await deleteModel(server, model);
  say(model, "stays on the server, because another resource of this program uses it; it will not be removed later");
}

async function remove(_id: string, state: OllamaModelState): Promise<void> {
  const server = serverOf(state);
  if (!(state.pulled || state.fromPulled)) return await unload(server, state);
  if (isRetained(state)) {
    say(state.model, "stays on the server, because others may use it; retainOnDelete: false would remove it");
    return await unload(server, state);
  }
  if (await mayForgetModel(server, state)) return;
  await unload(server, state);
  await deleteHeld(server, state);
}

function isRetained({ retainOnDelete }: Pick<OllamaModelInputs, "retainOnDelete">): boolean {
  return retainOnDelete !== false;
}

/** Frees the memory used by the warm-up. With a `keepAlive` of -1 the model would stay in memory for ever. */
async function unload(server: OllamaServer, state: OllamaModelState): Promise<void> {
  if (state.warmUp) await unloadModel(server, state.model, UNLOAD_SECONDS).catch(() => undefined);
}

async function mayForgetModel(server: OllamaServer, state: OllamaModelState): Promise<boolean> {
  const forget = process.env[FORGET_UNREACHABLE] === "1";
  const limit = timeoutMilliseconds({ ...TIMEOUTS, ...state.timeouts }, "deleteSeconds");
  try {
    await untilServerAnswers(server, Deadline.after(forget ? 1 : Math.min(limit, DELETE_REACH_MILLISECONDS)));
    return false;
  } catch (error) {
    if (!forget || !(error instanceof DeadlineError || error instanceof UnreachableError)) throw error;
    say(state.model, `warning: ${server.endpoint} does not answer; it is forgotten, as ${FORGET_UNREACHABLE}=1 asks`);
    return true;
  }
}
