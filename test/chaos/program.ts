import { ollamaGenerate } from "../../providers/connector/presets";
import { trustedEndpointRegex } from "../../providers/connector/trust";
import type { Json, Spec } from "../engine/support/resource-world";
import type { Draw } from "./draw";

/** Which optional arguments a program sets. */
export interface Flavour {
  readonly named: boolean;
  readonly described: boolean;
}

/** Number of edits of each resource. */
export type Edits = Readonly<Record<Part, number>>;

export const PARTS = ["settings", "group", "connector", "model", "index"] as const;
export type Part = (typeof PARTS)[number];

export const UNEDITED: Edits = { settings: 0, group: 0, connector: 0, model: 0, index: 0 };

export interface ProgramOptions {
  readonly connection: Json;
  /** The model server's endpoint. */
  readonly endpoint: string;
  readonly flavour: Flavour;
  readonly edits: Edits;
  /** Keeps the names of programs on one cluster apart. */
  readonly prefix: string;
  /** The secret that its connector sends. */
  readonly key: string;
  /** Its resources. A model needs the settings, its group and its connector. Default: all. */
  readonly parts?: readonly Part[];
}

export const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";
export const PRIVATE = "plugins.ml_commons.connector.private_ip_enabled";

/** One resource of each OpenSearch kind. */
export function programOf(options: ProgramOptions): Spec[] {
  const { connection, endpoint, flavour, edits, prefix, key, parts = PARTS } = options;
  const texts = (part: Part, words = `of ${prefix}`): Json => ({
    ...(flavour.named ? { name: `${prefix} ${part}` } : {}),
    ...(flavour.described ? { description: `The ${part} ${words}, as edit ${edits[part]} says` } : {}),
  });
  const preset = ollamaGenerate({ endpoint, model: "m" });
  const actions = preset.actions.map((action) => ({
    ...action,
    headers: { ...action.headers, Authorization: "Bearer ${credential.key}" },
  }));
  const all: Record<Part, Spec> = {
    settings: {
      type: "ClusterSetting",
      name: "settings",
      args: {
        connection,
        mode: "contribute",
        settings: {
          [TRUSTED]: [trustedEndpointRegex(`${endpoint}/api/generate`), wantedEntry(prefix, edits.settings)],
          [PRIVATE]: true,
        },
      },
    },
    group: { type: "ModelGroup", name: "group", args: { connection, ...texts("group") } },
    connector: {
      type: "Connector",
      name: "connector",
      // Without a description, the edit changes the body.
      args: {
        connection,
        ...preset,
        actions,
        parameters: { ...preset.parameters, edit: String(edits.connector) },
        credential: { key },
        ...texts("connector"),
      },
      dependsOn: ["settings"],
    },
    model: {
      type: "DeployedModel",
      name: "model",
      args: {
        connection,
        modelGroupId: { ref: "group" },
        connectorId: { ref: "connector" },
        ...texts("model"),
        ...(edits.model > 0 ? { rateLimiter: { limit: 100 + edits.model, unit: "MINUTES" } } : {}),
      },
    },
    index: {
      type: "SearchIndex",
      name: "index",
      args: {
        connection,
        ...(flavour.named ? { name: `${prefix}-index` } : {}),
        mappings: { properties: fieldsOf(edits.index) },
      },
    },
  };
  return parts.map((part) => all[part]);
}

export function wantedEntry(prefix: string, edit: number): string {
  return `^https://${prefix}-${edit}\\.example\\.com/.*$`;
}

function fieldsOf(edit: number): Json {
  const more = Array.from({ length: edit }, (_, i) => [`field${i + 1}`, { type: "keyword" }]);
  return { text: { type: "text" }, ...Object.fromEntries(more) };
}

/** Edits one or two resources once more. */
export function edited(edits: Edits, draw: Draw): Edits {
  const changed = { ...edits };
  for (let i = draw.whole(1, 2); i > 0; i -= 1) changed[draw.of([...PARTS])] += 1;
  return changed;
}
