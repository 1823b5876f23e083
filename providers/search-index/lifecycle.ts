import { clusterInfo } from "../../clients/opensearch/cluster";
import {
  countDocuments,
  createIndex,
  deleteIndex,
  getIndex,
  type IndexDocument,
} from "../../clients/opensearch/indices";
import { installedPlugins, KNN_PLUGIN } from "../../clients/opensearch/plugins";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { checkWith } from "../shared/checking";
import { BOOKKEEPING, changedKeys } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import { onHomeCluster } from "../shared/home-cluster";
import type { CheckFailure, Lifecycle } from "../shared/lifecycle";
import { newInstance } from "../shared/ownership";
import { sharedServer } from "../shared/shared-server";
import { timeoutMilliseconds } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";
import { alter } from "./alter";
import { applySuccession, findPredecessors, planSuccession, WRITE_BLOCK } from "./copy";
import { fieldsOf, mappingCanBecome, mappingsAsSeen, mappingsDiffer } from "./fields";
import { type SearchIndexInputs, type SearchIndexState, searchIndexSchema, VectorSearch } from "./inputs";
import { type IndexMark, isVectorField, markOf, readMark, sameOwner, sameVector, vectorField, withMark } from "./mark";
import { autoIndexName } from "./name";
import { differingSettings, flatSettings, isStatic, settingsAsSeen } from "./settings";

const SCHEMA_VERSION = 1;
const NOT_ON_SERVER = [...BOOKKEEPING, "copyDocuments", "forceDelete", "adoptExisting"];

/**
 * An index. Anything that OpenSearch can change on an existing index is changed in place. Anything else needs a new
 * index, which is created first and receives the documents. If the program sets the name, the old index must be deleted
 * first.
 */
export const searchIndexLifecycle: Lifecycle<SearchIndexInputs, SearchIndexState> = explained(
  "SearchIndex",
  onHomeCluster("SearchIndex", { check, diff, create, read, update, delete: remove }),
  connectionSecrets,
);

function check(news: unknown, _olds: unknown) {
  const inputs = news as SearchIndexInputs;
  const failures = checkWith(searchIndexSchema, news);
  return { inputs, failures: failures.length > 0 ? failures : duplicateVectorField(inputs) };
}

function duplicateVectorField({ mappings, vector }: SearchIndexInputs): CheckFailure[] {
  const field = vector?.field;
  if (field === undefined || isUnknown(field) || !(field in fieldsOf(mappings))) return [];
  const reason = `vector.field is ${JSON.stringify(field)}: mappings.properties already contains it; remove it there.`;
  return [{ property: "vector", reason }];
}

function diff(_id: string, olds: SearchIndexState, news: SearchIndexInputs) {
  const settings = differingSettings(olds.settings, news.settings);
  const replaces = [
    ...(news.name === undefined ? [] : changedKeys(olds, news, ["name"])),
    ...(mappingCanBecome(olds.mappings, news.mappings) ? [] : ["mappings"]),
    ...(settings.some(isStatic) ? ["settings"] : []),
    ...(sameVector(olds.vector, news.vector) ? [] : ["vector"]),
  ];
  const inPlace = settings.length > 0 || mappingsDiffer(olds.mappings, news.mappings);
  const changes = replaces.length > 0 || inPlace || changedKeys(olds, news, NOT_ON_SERVER).length > 0;
  // Two indices cannot have the same name.
  const deleteBeforeReplace = replaces.length > 0 && news.name !== undefined && news.name === olds.name;
  return { changes, replaces, deleteBeforeReplace };
}

async function create(inputs: SearchIndexInputs) {
  const server = sharedServer(inputs.connection);
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, "createSeconds"));
  const { clusterUuid } = await clusterInfo(server);
  const vectorSearch = await vectorSearchOf(server, inputs);
  const instance = newInstance();
  const mark = markOf(inputs, instance);
  const owned = await findPredecessors(server, mark);
  const same = (name: string) => owned.find((each) => each.name === name)?.mark.structure === mark.structure;
  const orphan = owned.map(({ name }) => name).find((name) => same(name) && (inputs.name ?? name) === name);
  const name = orphan ?? inputs.name ?? (await freeName(server, inputs, mark));
  const plan = await planSuccession(
    server,
    owned.filter((each) => each.name !== name),
    inputs,
    mark,
  );
  const state = (indexUuid: string): SearchIndexState => {
    const chosen = { name, isNamed: inputs.name !== undefined, vectorSearch };
    return { ...inputs, ...chosen, clusterUuid, indexUuid, instance, schemaVersion: SCHEMA_VERSION };
  };
  const made = await makeOrTakeOver(server, name, state(""), mark);
  try {
    await applySuccession(server, plan, name, inputs, deadline);
  } catch (error) {
    // The server has answered, so nothing more arrives in the new index.
    if (made.isNew && error instanceof ExplainedError) await deleteIndex(server, name);
    throw error;
  }
  return { id: name, state: state(made.uuid) };
}

async function vectorSearchOf(server: OpenSearchServer, { vector }: SearchIndexInputs): Promise<string> {
  if (vector === undefined) return VectorSearch.stored;
  return (await installedPlugins(server)).has(KNN_PLUGIN) ? VectorSearch.knn : VectorSearch.stored;
}

/** An unused name. During a replacement the resource has two indices until the documents are copied. */
async function freeName(server: OpenSearchServer, { owner }: SearchIndexInputs, mark: IndexMark): Promise<string> {
  const first = autoIndexName(owner ?? "");
  const second = `${first}-${mark.structure.slice(0, 8)}`;
  for (const name of [first, second]) if ((await getIndex(server, name)) === undefined) return name;
  return `${second}-${mark.instance}`;
}

interface Made {
  readonly uuid: string;
  readonly isNew: boolean;
}

async function makeOrTakeOver(
  server: OpenSearchServer,
  name: string,
  wanted: SearchIndexState,
  mark: IndexMark,
): Promise<Made> {
  const existing = await getIndex(server, name);
  if (existing !== undefined) return await takeOver(server, name, existing, wanted, mark);
  try {
    await createIndex(server, name, bodyOf(wanted, mark));
  } catch (error) {
    // The answer was lost, or came from a gateway. The index exists if it has the mark of this very call.
    const arrived = await getIndex(server, name).catch(() => undefined);
    if (arrived === undefined || markIn(arrived)?.instance !== mark.instance) throw error;
    return { uuid: arrived.uuid, isNew: true };
  }
  const made = await getIndex(server, name);
  return { uuid: made?.uuid ?? "", isNew: true };
}

function bodyOf({ mappings, settings, vector, vectorSearch }: SearchIndexState, mark: IndexMark) {
  const vectors = vector === undefined ? {} : { [vector.field]: vectorField(vector, vectorSearch) };
  const properties = { ...(mappings?.properties as Record<string, unknown> | undefined), ...vectors };
  const given = Object.entries(flatSettings(settings)).filter(([, value]) => value !== null);
  const knn = vectorSearch === VectorSearch.knn ? { "index.knn": "true" } : {};
  return {
    mappings: { ...mappings, properties, _meta: withMark(mappings?._meta, mark) },
    settings: { ...Object.fromEntries(given), ...knn },
  };
}

function markIn(index: IndexDocument): IndexMark | undefined {
  return readMark(index.mappings._meta as Record<string, unknown> | undefined);
}

/** Takes over an existing index: one left by an interrupted run of this resource, or one that the program adopts. */
async function takeOver(
  server: OpenSearchServer,
  name: string,
  existing: IndexDocument,
  wanted: SearchIndexState,
  mark: IndexMark,
): Promise<Made> {
  const ours = sameOwner(markIn(existing), mark);
  if (!ours && wanted.adoptExisting !== true) throw nameTaken(name);
  const seen = indexAsSeen(wanted, existing);
  const { replaces } = diff(name, seen, wanted);
  if (replaces.length > 0) throw cannotBecome(name, replaces);
  report(`SearchIndex ${nameOf(wanted)}: takes over the existing index ${name}`);
  await alter(server, name, seen, wanted, mark, true);
  return { uuid: existing.uuid, isNew: false };
}

function nameTaken(name: string): ExplainedError {
  return new ExplainedError({
    what: `The index ${name} exists already, and this resource did not make it.`,
    cause: "Names are unique in a cluster. Writing a document to a missing index creates it as well.",
    fix: `Choose another name, set adoptExisting: true to take it over with its documents, or delete it: DELETE /${name}.`,
  });
}

function cannotBecome(name: string, replaces: readonly string[]): ExplainedError {
  return new ExplainedError({
    what: `The index ${name} exists already, and its ${replaces.join(", ")} cannot be changed to what the program describes.`,
    cause: "OpenSearch cannot change fields or static settings of an existing index.",
    fix: "Adapt the program to the index, choose another name, or delete the index.",
  });
}

async function read(id: string, state: SearchIndexState) {
  const index = await getIndex(sharedServer(state.connection), id);
  if (index === undefined) return undefined;
  if (!isOurs(index, state)) {
    report(`SearchIndex ${nameOf(state)}: the index ${id} was replaced by another one, so it counts as deleted`);
    return undefined;
  }
  const seen = indexAsSeen(state, index);
  const { clusterUuid: _c, indexUuid: _u, instance: _i, vectorSearch: _s, schemaVersion: _v, ...kept } = seen;
  const { isNamed, name, ...inputs } = kept;
  return { state: seen, inputs: isNamed ? { ...inputs, name } : inputs };
}

/**
 * Whether the index is the one we made, or the same one restored from a snapshot, which has another UUID but our mark.
 */
function isOurs(index: IndexDocument, state: SearchIndexState): boolean {
  if (index.uuid === state.indexUuid) return true;
  return sameOwner(markIn(index), markOf(state, state.instance));
}

async function update(id: string, olds: SearchIndexState, news: SearchIndexInputs): Promise<SearchIndexState> {
  const { name, vectorSearch, clusterUuid, indexUuid, instance } = olds;
  const kept = { name, vectorSearch, clusterUuid, indexUuid, instance, schemaVersion: SCHEMA_VERSION };
  const wanted = { ...news, ...kept, isNamed: news.name !== undefined };
  const mark = markOf(news, instance);
  await alter(sharedServer(news.connection), id, olds, wanted, mark);
  return wanted;
}

async function remove(id: string, state: SearchIndexState): Promise<void> {
  const server = sharedServer(state.connection);
  const index = await getIndex(server, id);
  if (index === undefined) return;
  const mark = markIn(index);
  if (!isOurs(index, state) || (mark !== undefined && mark.instance !== state.instance)) {
    report(`SearchIndex ${nameOf(state)}: the index ${id} now belongs to somebody else and is kept`);
    return;
  }
  if (state.forceDelete !== true && mark?.supersededBy === undefined) {
    const documents = await countDocuments(server, id);
    if (documents > 0) throw notEmpty(id, documents);
  }
  await deleteIndex(server, id);
}

function notEmpty(id: string, documents: number): ExplainedError {
  return new ExplainedError({
    what: `The index ${id} holds ${documents} documents.`,
    cause: "Deleting it would lose them, and forceDelete is not set.",
    fix: `To discard them, set forceDelete: true and run pulumi up first, or delete the index by hand: DELETE /${id}. To keep them, set retainOnDelete in the resource options and run pulumi up first.`,
  });
}

/** The state with the server's values. Only what the program sets is compared; the rest belongs to the server. */
function indexAsSeen(state: SearchIndexState, index: IndexDocument): SearchIndexState {
  const properties = (index.mappings.properties ?? {}) as Record<string, unknown>;
  const { vector, vectorSearch } = state;
  const found = vector === undefined ? undefined : properties[vector.field];
  const seen = {
    ...state,
    mappings: mappingsAsSeen(state.mappings, index.mappings),
    settings: settingsSeen(state, index),
    vector: vector !== undefined && isVectorField(found, vector, vectorSearch) ? vector : undefined,
    indexUuid: index.uuid,
  };
  const present = Object.entries(seen).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as SearchIndexState;
}

/** Adds a write block that an interrupted copy left, so that it shows as a change and gets removed. */
function settingsSeen(state: SearchIndexState, index: IndexDocument): SearchIndexState["settings"] {
  const seen = state.settings === undefined ? undefined : settingsAsSeen(state.settings, index.settings);
  const blocked = index.settings[WRITE_BLOCK] === "true" && !(WRITE_BLOCK in flatSettings(state.settings));
  const superseded = readMark(index.mappings._meta as Record<string, unknown> | undefined)?.supersededBy;
  return blocked && superseded === undefined ? { ...seen, [WRITE_BLOCK]: "true" } : seen;
}
