import { ApiError } from "../errors";
import { newId, newUuid } from "../ids";
import type { Definition } from "./definition";
import { type IndexSettings, shownSettings } from "./index-settings";
import type { FieldType, Mapping } from "./mapping";

/** A stored document. Never changed in place: a write makes a new one, so searches keep seeing what they saw. */
export interface StoredDocument {
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly seqNo: number;
}

export interface WriteOptions {
  /** Searches see the write at once; otherwise only after the refresh interval. */
  refresh?: boolean;
  /** Refuse the write when the document has another sequence number by now. */
  ifSeqNo?: number;
}

export interface WriteResult {
  readonly document: StoredDocument;
  readonly result: "created" | "updated" | "deleted" | "not_found";
}

/** What an index keeps between two runs. */
export interface IndexState {
  readonly uuid: string;
  readonly nextSeqNo: number;
  readonly mapping: Mapping;
  /** What `GET _mapping` shows; absent for the indices of ML Commons. */
  readonly definition?: Definition;
  readonly settings: IndexSettings;
  readonly documents: readonly StoredDocument[];
}

/** What all indices of an emulator have in common. */
export interface IndexRules {
  /** How far searches lag behind writes that aren't refreshed, in milliseconds. */
  readonly searchLagMs: number;
  /** A word that all new ids share; see `EmulatorOptions.sharedIdWord`. */
  readonly sharedIdWord: string | undefined;
}

/** One index: reads by id are up to date, searches see a snapshot that is refreshed now and then, as on the server. */
export class DocumentIndex {
  readonly uuid: string;
  readonly mapping: Mapping;
  definition: Definition;
  settings: IndexSettings;
  private readonly live = new Map<string, StoredDocument>();
  private readonly searchable = new Map<string, StoredDocument>();
  private readonly unseen = new Set<string>();
  private nextSeqNo: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    private readonly rules: IndexRules,
    private readonly changed: () => void,
    state: Partial<IndexState> = {},
  ) {
    this.uuid = state.uuid ?? newUuid();
    this.mapping = state.mapping ?? {};
    this.definition = state.definition ?? {};
    this.settings = state.settings ?? {};
    this.nextSeqNo = state.nextSeqNo ?? 0;
    for (const document of state.documents ?? []) {
      this.live.set(document.id, document);
      this.searchable.set(document.id, document);
    }
  }

  get(id: string): StoredDocument | undefined {
    return this.live.get(id);
  }

  /** The documents as searches see them, oldest write first. */
  search(): readonly StoredDocument[] {
    return [...this.searchable.values()].sort((a, b) => a.seqNo - b.seqNo);
  }

  get size(): number {
    return this.live.size;
  }

  /** A primary and as many replicas as were asked for. */
  get copies(): number {
    return 1 + Number(shownSettings(this, this.settings)["index.number_of_replicas"]);
  }

  get blockedForWrites(): boolean {
    return this.settings["index.blocks.write"] === "true";
  }

  /** Another mapping, with the types of the fields that it brought. */
  define(definition: Definition, added: Mapping): void {
    this.definition = definition;
    Object.assign(this.mapping, added);
    this.changed();
  }

  /** Settings by flat key; `null` puts one back to its default. */
  configure(changes: Readonly<Record<string, string | string[] | null>>): void {
    const all = Object.entries({ ...this.settings, ...changes });
    this.settings = Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])));
    this.changed();
  }

  fieldType(path: string): FieldType | undefined {
    return this.mapping[path];
  }

  put(id: string | undefined, source: Record<string, unknown>, options: WriteOptions = {}): WriteResult {
    const key = id ?? newId(this.rules.sharedIdWord);
    const before = this.live.get(key);
    this.checkSeqNo(key, before, options.ifSeqNo);
    const document = {
      id: key,
      source: withoutUndefined(source),
      version: (before?.version ?? 0) + 1,
      seqNo: this.nextSeqNo++,
    };
    this.live.set(key, document);
    this.written(key, options.refresh === true);
    return { document, result: before ? "updated" : "created" };
  }

  /** Merges fields into a document; a field that is undefined in the patch is removed. */
  patch(id: string, patch: Record<string, unknown>, options: WriteOptions = {}): WriteResult | undefined {
    const before = this.live.get(id);
    if (!before) return undefined;
    return this.put(id, { ...before.source, ...patch }, options);
  }

  delete(id: string): WriteResult {
    const before = this.live.get(id);
    const document = { id, source: {}, version: (before?.version ?? 0) + 1, seqNo: this.nextSeqNo++ };
    this.live.delete(id);
    this.written(id, true);
    return { document, result: before ? "deleted" : "not_found" };
  }

  refresh(): void {
    for (const id of this.unseen) {
      const document = this.live.get(id);
      if (document) this.searchable.set(id, document);
      else this.searchable.delete(id);
    }
    this.unseen.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  state(): IndexState {
    const { uuid, mapping, definition, settings, nextSeqNo } = this;
    return { uuid, mapping, definition, settings, nextSeqNo, documents: [...this.live.values()] };
  }

  private written(id: string, refresh: boolean): void {
    this.unseen.add(id);
    this.changed();
    if (refresh || this.rules.searchLagMs === 0) {
      this.refresh();
      return;
    }
    this.timer ??= setTimeout(() => this.refresh(), this.rules.searchLagMs).unref();
  }

  private checkSeqNo(id: string, before: StoredDocument | undefined, expected: number | undefined): void {
    if (expected === undefined || before?.seqNo === expected) return;
    const now = `current document has seqNo [${before?.seqNo ?? -2}] and primary term [1]`;
    const reason = `[${id}]: version conflict, required seqNo [${expected}], primary term [1]. ${now}`;
    const extras = { index: this.name, shard: "0", index_uuid: this.uuid };
    throw new ApiError(409, { type: "version_conflict_engine_exception", reason, extras });
  }
}

function withoutUndefined(source: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}

/**
 * The answer to a write, as the index API and most of ML Commons give it.
 *
 * @param copies how many copies of its shard should exist; one node holds one of them.
 */
export function writeAnswer(index: string, { document, result }: WriteResult, copies = 1): Record<string, unknown> {
  return {
    _index: index,
    _id: document.id,
    _version: document.version,
    result,
    forced_refresh: true,
    _shards: { total: copies, successful: 1, failed: 0 },
    _seq_no: document.seqNo,
    _primary_term: 1,
  };
}
