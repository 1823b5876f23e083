import { resolve } from "node:path";
import { ServerError } from "../../../../clients/errors";
import { findConnectors } from "../../../../clients/opensearch/connectors";
import { metaOfIndices } from "../../../../clients/opensearch/indices";
import { findModelGroups } from "../../../../clients/opensearch/model-groups";
import { findModelsDescribed } from "../../../../clients/opensearch/models";
import { listSecurityObjects } from "../../../../clients/opensearch/security";
import {
  MAPPINGS,
  ROLES,
  type SecurityKind,
  type SecurityObject,
  USERS,
} from "../../../../clients/opensearch/security-kinds";
import type { OpenSearchServer } from "../../../../clients/opensearch/server";
import { OWNER_PARAMETER } from "../../../../providers/connector/inputs";
import { markIn } from "../../../../providers/connector/left-over";
import { readMark } from "../../../../providers/search-index/mark";
import { ownerHash } from "../../../../providers/shared/auto-name";
import { backend } from "../../../../providers/shared/backend";
import { organizationNamed } from "../../../../providers/shared/organization";
import { type Mark, parseDescription, stackMark } from "../../../../providers/shared/ownership";
import type { StackSelection } from "../../../access/pulumi";
import type { Scene } from "../scene";
import { type StackState, stackState } from "./state";

export interface LeftObject {
  readonly kind: "model" | "connector" | "model group" | "index" | "user" | "role" | "role mapping";
  readonly id: string;
  /** Its name on the server. */
  readonly name: string;
  /** Whether the state records its creation as pending. Then the next `pulumi up` takes it over. */
  readonly isPending: boolean;
}

interface MarkedObject extends Pick<LeftObject, "kind" | "id" | "name"> {
  /** Hash of its resource's URN, see `ownerHash`. */
  readonly owner: string;
}

/**
 * Objects on the cluster with the stack's mark that its state does not know, in the order in which they can be deleted.
 * `undefined` if no stack was read. Reads the state last, so that it includes what a run creates meanwhile.
 */
export async function leftObjects(scene: Scene): Promise<readonly LeftObject[] | undefined> {
  const { stack: selection } = scene.access;
  if (selection === undefined) return undefined;
  const { environment } = scene.machine;
  const identity = identityOf(await scene.stackState(), selection, environment);
  const found = await marked(scene, identity);
  if (found.length === 0) return [];
  const { ids, pending } = await stackState(selection, environment);
  const unfinished = new Set(pending.map(({ urn }) => ownerHash(urn)));
  return found
    .filter(({ id }) => !ids.has(id))
    .map(({ kind, id, name, owner }) => ({ kind, id, name, isPending: unfinished.has(owner) }));
}

async function marked(scene: Scene, { mark, urns }: StackIdentity): Promise<MarkedObject[]> {
  const [models, connectors, groups, indices, users, mappings, roles] = await Promise.all([
    findModelsDescribed(scene.opensearch, mark),
    findConnectors(scene.opensearch, OWNER_PARAMETER, urns),
    findModelGroups(scene.opensearch, mark),
    metaOfIndices(scene.opensearch),
    securityObjects(scene.opensearch, USERS),
    securityObjects(scene.opensearch, MAPPINGS),
    securityObjects(scene.opensearch, ROLES),
  ]);
  const ofStack = (text: string | undefined): Mark | undefined => {
    const found = parseDescription(text).mark;
    return found?.stack === mark ? found : undefined;
  };
  return [
    ...models.flatMap(({ id, model }) => {
      const found = ofStack(model.description);
      return found === undefined ? [] : [{ kind: "model" as const, id, name: model.name ?? "", owner: found.owner }];
    }),
    ...connectors.flatMap(({ id, connector }) => {
      const found = markIn(connector);
      if (found?.stack !== mark) return [];
      return [{ kind: "connector" as const, id, name: connector.name, owner: ownerHash(found.owner) }];
    }),
    ...groups.flatMap(({ id, group }) => {
      const found = ofStack(group.description);
      return found === undefined ? [] : [{ kind: "model group" as const, id, name: group.name, owner: found.owner }];
    }),
    ...[
      { kind: "user" as const, all: users },
      { kind: "role mapping" as const, all: mappings },
      { kind: "role" as const, all: roles },
    ].flatMap(({ kind, all }) =>
      Object.entries(all).flatMap(([id, { description }]) => {
        const found = ofStack(description);
        return found === undefined ? [] : [{ kind, id, name: "", owner: found.owner }];
      }),
    ),
    ...Object.entries(indices).flatMap(([id, meta]) => {
      const found = readMark(meta);
      return found?.stack === mark ? [{ kind: "index" as const, id, name: "", owner: found.owner }] : [];
    }),
  ];
}

/** None without the security plugin, or for a user who may not use its API, whose stack has none either. */
async function securityObjects<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
): Promise<Readonly<Record<string, SecurityObject>>> {
  try {
    return await listSecurityObjects(server, kind);
  } catch (error) {
    if (error instanceof ServerError && error.status < 500) return {};
    throw error;
  }
}

/** `model chat-model (IfKC…)`, or the id alone for an object that is known by it. */
export function named({ kind, id, name }: LeftObject): string {
  return name === "" ? `${kind} ${id}` : `${kind} ${name} (${id})`;
}

/** Identifies a stack's resources on a cluster. */
interface StackIdentity {
  /** Prefix of the URNs of its resources. */
  readonly urns: string;
  /** See `stackMark`. Differs from the mark of a stack with the same name in another backend. */
  readonly mark: string;
}

export function identityOf(
  { name, urns }: StackState,
  { folder = "." }: StackSelection,
  environment: NodeJS.ProcessEnv,
): StackIdentity {
  const [stack, project, organization] = name.split("/").reverse();
  // Old local backends have no project in the name.
  const [first = ""] = urns;
  const begins = /^urn:pulumi:.*?::.*?::/.exec(first)?.[0] ?? `urn:pulumi:${stack}::${project}::`;
  const ownerOrganization = organizationNamed(organization);
  const home = backend({ environment, folder: resolve(folder) });
  return { urns: begins, mark: stackMark({ owner: begins, ownerOrganization }, home) };
}
