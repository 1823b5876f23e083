import { ServerError } from "../errors";
import type { Deadline } from "../wait";
import { anyObject } from "./answers";
import { orMissing } from "./refusal";
import { type Held, MAPPINGS, type SecurityKind } from "./security-kinds";
import { type OpenSearchServer, path } from "./server";

const API = "/_plugins/_security/api";
const pathOf = ({ path: kind }: { readonly path: string }, name: string) => `${API}/${kind}/${path`${name}`}`;

/** The object of this name; `undefined` if there is none, or one that is hidden. */
export async function getSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
  name: string,
): Promise<D | undefined> {
  const call = server.call({ method: "GET", path: pathOf(kind, name), answer: kind.answer, repeatable: true });
  return (await orMissing(call))?.[name];
}

/** All objects of a kind that are not hidden, by name. */
export async function listSecured<D extends Held, F>(
  server: OpenSearchServer,
  kind: SecurityKind<D, F>,
): Promise<Readonly<Record<string, D>>> {
  return await server.call({ method: "GET", path: `${API}/${kind.path}`, answer: kind.answer, repeatable: true });
}

/** Makes an object, or replaces it as a whole; only a user's password stays where none is given. */
export async function putSecured<D extends Held, F>(
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
    // All objects of a kind are one document, so that whoever writes at the same time makes a version conflict.
    retry: { deadline },
  });
}

/** Changes the given fields of an object, and no others. */
export async function patchSecured<D extends Held, F>(
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

/** Adds entries to lists of a mapping that hold some already, whatever others add to them at the same time. */
export async function addToMapping(
  server: OpenSearchServer,
  name: string,
  added: Readonly<Partial<Record<MappingList, readonly string[]>>>,
  deadline: Deadline,
): Promise<void> {
  const operations = Object.entries(MAPPINGS.wire(added)).flatMap(([field, entries]) =>
    ((entries ?? []) as readonly string[]).map((value) => ({ op: "add", path: `/${field}/-`, value })),
  );
  // Sent twice, it would add them twice.
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

/** Deletes an object; one that is not there counts as deleted. */
export async function deleteSecured<D extends Held, F>(
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

/** Whether an object was not made since a hidden one has its name: it is shown to nobody, and only its name is refused. */
export function isHidden(error: unknown): error is ServerError {
  return error instanceof ServerError && error.status === 404 && HIDDEN.test(error.reason);
}
