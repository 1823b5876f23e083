import { ServerError } from "../errors";
import type { Deadline } from "../wait";
import { anyObject } from "./answers";
import { orMissing } from "./refusal";
import { MAPPINGS, type SecurityKind, type SecurityObject } from "./security-kinds";
import { type OpenSearchServer, path } from "./server";

const API = "/_plugins/_security/api";
const pathOf = ({ path: kind }: { readonly path: string }, name: string) => `${API}/${kind}/${path`${name}`}`;

/** The object with this name; `undefined` if it does not exist or is hidden. */
export async function getSecurityObject<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
): Promise<D | undefined> {
  const call = server.call({ method: "GET", path: pathOf(kind, name), answer: kind.answer, repeatable: true });
  return (await orMissing(call))?.[name];
}

/** All objects of a kind that are not hidden, by name. */
export async function listSecurityObjects<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
): Promise<Readonly<Record<string, D>>> {
  return await server.call({ method: "GET", path: `${API}/${kind.path}`, answer: kind.answer, repeatable: true });
}

/** Creates an object or replaces it entirely. A user keeps its password if `fields` contains none. */
export async function putSecurityObject<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  fields: F,
  deadline: Deadline,
): Promise<void> {
  await server.call({
    method: "PUT",
    path: pathOf(kind, name),
    body: kind.wire(fields),
    answer: anyObject,
    repeatable: true,
    // All objects of a kind are one document, so concurrent writes cause version conflicts.
    retry: { deadline },
  });
}

/** Changes the given fields of an object, and no others. */
export async function patchSecurityObject<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  fields: F,
  deadline: Deadline,
): Promise<void> {
  const entries = Object.entries(kind.wire(fields)).filter(([, value]) => value !== undefined);
  await patch(
    server,
    pathOf(kind, name),
    entries.map(([field, value]) => ({ op: "add", path: `/${field}`, value })),
    deadline,
  );
}

export type MappingList = "users" | "backendRoles" | "andBackendRoles" | "hosts";

/** Appends entries to non-empty lists of a mapping. Keeps entries that others add at the same time. */
export async function addToMapping(
  server: OpenSearchServer,
  name: string,
  added: Readonly<Partial<Record<MappingList, readonly string[]>>>,
  deadline: Deadline,
): Promise<void> {
  const operations = Object.entries(MAPPINGS.wire(added)).flatMap(([field, entries]) =>
    ((entries ?? []) as readonly string[]).map((value) => ({ op: "add", path: `/${field}/-`, value })),
  );
  // Not repeatable: a second request would add the entries again.
  await patch(server, pathOf(MAPPINGS, name), operations, deadline, false);
}

async function patch(
  server: OpenSearchServer,
  at: string,
  body: readonly object[],
  deadline: Deadline,
  repeatable = true,
): Promise<void> {
  await server.call({ method: "PATCH", path: at, body, answer: anyObject, repeatable, retry: { deadline } });
}

/** Deletes an object if it exists. */
export async function deleteSecurityObject<D extends SecurityObject, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
  deadline: Deadline,
): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: pathOf(kind, name),
    answer: anyObject,
    repeatable: true,
    retry: { deadline },
  });
  await orMissing(call);
}

const HIDDEN = /^Resource .* is not available\.$/;

/** Whether the server refused to create an object because a hidden one has this name. Hidden objects are never listed. */
export function isHidden(error: unknown): error is ServerError {
  return error instanceof ServerError && error.status === 404 && HIDDEN.test(error.reason);
}
