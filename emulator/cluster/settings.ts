import { ApiError, illegalArgument, validationFailed } from "../errors";
import type { JsonNode } from "../json/parse";
import { readText } from "../json/read";
import { type ProfileName, reaches } from "../profiles";
import { CORE_SETTINGS, ML_SETTINGS, type SettingDefinition } from "./setting-definitions";
import { checkSettingValue, defaultValue, listOf, type SettingValue } from "./setting-values";

export type SettingScope = "persistent" | "transient";

/** Settings by flat key. A null stands for "reset". */
export type SettingChanges = ReadonlyMap<string, SettingValue | null>;

/** What one request asks for, section by section. */
export type SettingRequest = Record<SettingScope, SettingChanges>;

const SCOPES: readonly SettingScope[] = ["transient", "persistent"];

/** The cluster's settings: persistent over default, transient over persistent. */
export class ClusterSettings {
  private readonly definitions = new Map<string, SettingDefinition>();
  private readonly stored: Record<SettingScope, Map<string, SettingValue>> = {
    persistent: new Map(),
    transient: new Map(),
  };

  /** @param withCore also know a few settings of OpenSearch itself; off when a real server behind keeps those. */
  constructor(profile: ProfileName, withCore: boolean) {
    for (const definition of withCore ? [...ML_SETTINGS, ...CORE_SETTINGS] : ML_SETTINGS) {
      if (reaches(profile, definition.since)) this.definitions.set(definition.key, definition);
    }
  }

  flag(key: string): boolean {
    return this.value(key) === "true";
  }

  list(key: string): readonly string[] {
    return listOf(this.value(key) ?? []);
  }

  private value(key: string): SettingValue | undefined {
    const set = this.stored.transient.get(key) ?? this.stored.persistent.get(key);
    if (set !== undefined) return set;
    const definition = this.definitions.get(key);
    return definition && defaultValue(definition);
  }

  /** Checks a request without applying any of it: one bad key refuses all. */
  check(request: SettingRequest): void {
    for (const scope of SCOPES) {
      for (const key of [...request[scope].keys()].sort()) this.checkOne(scope, key, request[scope].get(key) ?? null);
    }
  }

  private checkOne(scope: SettingScope, key: string, value: SettingValue | null): void {
    if (value === null && key.includes("*")) return;
    const definition = this.definitions.get(key);
    if (!definition) {
      throw new ApiError(400, { type: "settings_exception", reason: `${scope} setting [${key}], not recognized` });
    }
    if (definition.changes === "final") throw illegalArgument(`final ${scope} setting [${key}], not updateable`);
    if (definition.changes === "fixed") throw illegalArgument(`${scope} setting [${key}], not dynamically updateable`);
    if (value !== null) checkSettingValue(definition, value);
  }

  apply(request: SettingRequest): void {
    for (const scope of SCOPES) {
      for (const [key, value] of request[scope]) this.applyOne(this.stored[scope], key, value);
    }
  }

  private applyOne(stored: Map<string, SettingValue>, key: string, value: SettingValue | null): void {
    if (value !== null) {
      stored.set(key, value);
      return;
    }
    const pattern = wildcard(key);
    for (const name of [...stored.keys()]) if (pattern.test(name)) stored.delete(name);
  }

  scope(scope: SettingScope): ReadonlyMap<string, SettingValue> {
    return new Map([...this.stored[scope]].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Defaults of the keys that nobody has set. */
  defaults(): ReadonlyMap<string, SettingValue> {
    const unset = [...this.definitions.values()].filter(
      ({ key }) => !this.stored.persistent.has(key) && !this.stored.transient.has(key),
    );
    return new Map(unset.map((definition) => [definition.key, defaultValue(definition)]));
  }

  /** Loads what an earlier run had stored. Transient settings do not survive a restart. */
  restore(persistent: Readonly<Record<string, SettingValue>>): void {
    for (const [key, value] of Object.entries(persistent)) this.stored.persistent.set(key, value);
  }

  snapshot(): Record<string, SettingValue> {
    return Object.fromEntries(this.stored.persistent);
  }
}

/** A pattern in which `*` stands for anything. */
export function wildcard(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Reads the body of `PUT _cluster/settings`; nested objects and dotted keys mean the same. */
export function readSettingRequest(body: JsonNode): SettingRequest {
  const request = {
    persistent: new Map<string, SettingValue | null>(),
    transient: new Map<string, SettingValue | null>(),
  };
  const sections = body.kind === "object" ? body.fields : [];
  for (const { name, value } of sections) {
    if (name !== "persistent" && name !== "transient") continue;
    if (value.kind === "null") continue;
    if (value.kind !== "object") throw notAMap(value);
    flatten(value, "", request[name]);
  }
  if (request.persistent.size + request.transient.size === 0) throw validationFailed(["no settings to update"]);
  return request;
}

function notAMap(value: JsonNode): ApiError {
  const javaClass = value.kind === "array" ? "java.util.ArrayList" : "java.lang.String";
  const reason = `class ${javaClass} cannot be cast to class java.util.Map (${javaClass} and java.util.Map are in module java.base of loader 'bootstrap')`;
  return new ApiError(500, { type: "class_cast_exception", reason });
}

function flatten(node: JsonNode, prefix: string, into: Map<string, SettingValue | null>): void {
  if (node.kind !== "object") {
    into.set(prefix, settingValue(node));
    return;
  }
  for (const { name, value } of node.fields) flatten(value, prefix ? `${prefix}.${name}` : name, into);
}

function settingValue(node: JsonNode): SettingValue | null {
  if (node.kind === "null") return null;
  return node.kind === "array" ? node.items.map(readText) : readText(node);
}

/** Settings as an answer shows them: dotted keys, or objects inside objects. */
export function renderSettings(
  values: ReadonlyMap<string, SettingValue | null>,
  flat: boolean,
): Record<string, unknown> {
  const set = [...values].filter(([, value]) => value !== null);
  if (flat) return Object.fromEntries(set);
  const root: Record<string, unknown> = {};
  for (const [key, value] of set) place(root, key.split("."), value);
  return root;
}

function place(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    const next = at[name];
    const object = typeof next === "object" && next !== null && !Array.isArray(next) ? next : {};
    at[name] = object;
    at = object as Record<string, unknown>;
  }
  at[path.at(-1) ?? ""] = value;
}
