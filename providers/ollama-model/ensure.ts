import { copyModel, deleteModel, findModel, type ListedModel, showModel } from "../../clients/ollama/models";
import { listedName } from "../../clients/ollama/names";
import { bytes, progressLines } from "../../clients/ollama/progress";
import type { OllamaServer } from "../../clients/ollama/server";
import { createModel, pullModel } from "../../clients/ollama/streams";
import { report } from "../../clients/report";
import type { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { PartialFailure } from "../shared/lifecycle";
import { type Holding, type OllamaModelInputs, SCHEMA_VERSION } from "./inputs";
import { recipeDrift } from "./recipe";

/** One operation on one model. */
export interface Work {
  readonly server: OllamaServer;
  readonly inputs: OllamaModelInputs;
  readonly deadline: Deadline;
}

/** What the resource owned on the server before the operation. */
export type OwnedBefore = Pick<Holding, "pulled" | "fromPulled">;

export const OWNED_NOTHING: OwnedBefore = { pulled: false, fromPulled: false };

export function say(model: string, line: string): void {
  report(line, { subject: `OllamaModel ${model}` });
}

/** Temporary news, which does not outlast the operation. */
export function reportModelProgress(model: string, line: string): void {
  report(line, { subject: `OllamaModel ${model}`, passing: true });
}

/**
 * Makes sure that the server has the model. An existing one is left as it is unless `rewrite` says that the inputs it
 * was made from have changed.
 */
export async function ensureModel(work: Work, before: OwnedBefore, rewrite: boolean): Promise<Holding> {
  const present = await findModel(work.server, work.inputs.model);
  if (work.inputs.from !== undefined) return await ensureDerived(work, work.inputs.from, present, before, rewrite);
  if (present !== undefined && fitsDigest(work.inputs, present) && !(rewrite && before.pulled)) {
    return { ...facts(present), pulled: before.pulled, fromPulled: before.fromPulled };
  }
  await fetchModel(work);
  const found = await listedModel(work);
  const holding = { ...facts(found), pulled: before.pulled || present === undefined, fromPulled: false };
  if (fitsDigest(work.inputs, found)) return holding;
  const state = { ...work.inputs, ...holding, schemaVersion: SCHEMA_VERSION };
  throw new PartialFailure(listedName(work.inputs.model), state, wrongDigest(work.inputs, found));
}

function facts({ digest, sizeBytes, modifiedAt }: ListedModel): Pick<Holding, "digest" | "sizeBytes" | "modifiedAt"> {
  return { digest, sizeBytes, modifiedAt };
}

/** Whether the model is the expected build. Always true without `expectedDigest`. */
export function fitsDigest(inputs: OllamaModelInputs, model: { readonly digest: string }): boolean {
  const expected = inputs.expectedDigest?.toLowerCase().replace(/^sha256:/, "");
  return expected === undefined || model.digest.startsWith(expected);
}

function wrongDigest(inputs: OllamaModelInputs, found: ListedModel): ExplainedError {
  return new ExplainedError({
    what: `${inputs.model} was pulled, but its digest is ${found.digest} and expectedDigest is ${inputs.expectedDigest}.`,
    cause: "The tag now points to another build in the registry, or the digest belongs to another registry's manifest.",
    fix: "To accept the new build, set expectedDigest to its digest, or leave expectedDigest out.",
  });
}

async function ensureDerived(
  work: Work,
  from: string,
  present: ListedModel | undefined,
  before: OwnedBefore,
  rewrite: boolean,
): Promise<Holding> {
  if (present !== undefined && !before.pulled) {
    await refuseForeign(work);
    return { ...facts(present), ...before };
  }
  if (present !== undefined && !rewrite) return { ...facts(present), ...before };
  const base = await findModel(work.server, from);
  if (base === undefined) await pullNamed(work, from);
  try {
    const { inputs, server } = work;
    reportModelProgress(inputs.model, `making it from ${from}`);
    const { model, system, template, parameters } = inputs;
    const onEvent = progressLines((line) => reportModelProgress(model, line));
    await createModel(server, { model, from, system, template, parameters }, { deadline: work.deadline, onEvent });
    return { ...facts(await listedModel(work)), pulled: true, fromPulled: before.fromPulled || base === undefined };
  } catch (error) {
    if (base === undefined) await undo(work, from);
    throw error;
  }
}

/** Uses a foreign model of this name only if it matches the program, and never overwrites it. */
async function refuseForeign({ server, inputs }: Work): Promise<void> {
  const drift = Object.keys(recipeDrift(inputs, await showModel(server, inputs.model)));
  if (drift.length === 0) return;
  throw new ExplainedError({
    what: `${inputs.model} exists on ${inputs.endpoint} with a different ${drift.join(", ")}, and this resource did not create it.`,
    cause: "Somebody created it by hand or in another stack, or an earlier run was interrupted.",
    fix: `Choose another name for model, or remove that one (ollama rm ${inputs.model}) and run again.`,
  });
}

/** Pulls the model by its name, or by `source` and then renames it. */
async function fetchModel(work: Work): Promise<void> {
  const { server, inputs } = work;
  if (inputs.source === undefined) return await pullNamed(work, inputs.model);
  const there = await findModel(server, inputs.source);
  if (there === undefined) await pullNamed(work, inputs.source);
  try {
    await copyModel(server, inputs.source, inputs.model);
  } finally {
    if (there === undefined) await undo(work, inputs.source);
  }
}

async function pullNamed({ server, inputs, deadline }: Work, name: string): Promise<void> {
  const started = performance.now();
  reportModelProgress(inputs.model, `pulling ${name}`);
  const onEvent = progressLines((line) => reportModelProgress(inputs.model, line));
  await pullModel(server, name, inputs.insecure ?? false, { deadline, onEvent });
  reportModelProgress(inputs.model, `pulled in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * Removes a model that this operation added as a by-product. A failure is only reported, so that it does not hide the
 * operation's own result.
 */
async function undo({ server, inputs }: Work, name: string): Promise<void> {
  await deleteModel(server, name).catch((error: unknown) => {
    say(inputs.model, `warning: ${name} stays on the server: ${messageOf(error)}`);
  });
}

async function listedModel({ server, inputs }: Work): Promise<ListedModel> {
  const found = await findModel(server, inputs.model);
  if (found !== undefined) {
    reportModelProgress(inputs.model, `ready, ${bytes(found.sizeBytes)}`);
    return found;
  }
  throw new ExplainedError({
    what: `${inputs.model} was made, but the server does not list it under ${listedName(inputs.model)}.`,
    cause: "Ollama shortens names of its default registry, or somebody removed the model at this moment.",
    fix: "Write the name as `ollama list` shows it, and run again.",
  });
}
