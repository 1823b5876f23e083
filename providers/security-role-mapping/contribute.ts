import { UnreachableError } from "../../clients/errors";
import {
  addToMapping,
  deleteSecurityObject,
  getSecurityObject,
  type MappingList,
  patchSecurityObject,
  putSecurityObject,
} from "../../clients/opensearch/security";
import { MAPPINGS, type MappingDocument } from "../../clients/opensearch/security-kinds";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import type { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { markIn } from "../shared/ownership";
import { requireChangeable } from "../shared/security-object";
import { entriesOf, isEmpty, LISTS, type MappingEntries, mapLists } from "./inputs";

interface Contribution {
  readonly server: OpenSearchServer;
  readonly role: string;
  /** Entries that have to be there. */
  readonly wanted: MappingEntries;
  /** Entries that may not be there any more. */
  readonly dropped: MappingEntries;
  /** Of a mapping that has to be made for them; it holds the mark. */
  readonly description: string | undefined;
  readonly deadline: Deadline;
}

const MOST_WRITES = 10;

/**
 * Adds and takes away entries until a look shows that they are there, or gone: somebody who made the mapping at the same
 * time has replaced ours. Answers the mapping as it was found, `undefined` where there was none.
 */
export async function contribute(contribution: Contribution): Promise<MappingDocument | undefined> {
  const { server, role } = contribution;
  const first = await getSecurityObject(server, MAPPINGS, role);
  let found = first;
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    if (found !== undefined) requireChangeable(MAPPINGS, role, found);
    if (!(await write(contribution, found))) return first;
    found = await getSecurityObject(server, MAPPINGS, role);
  }
  throw new ExplainedError({
    what: `The mapping of the role ${JSON.stringify(role)} does not keep what was added to it.`,
    cause: "Another writer replaces it as a whole, again and again.",
    fix: "Find out who else writes it, and run again.",
  });
}

/** One write, if anything is to be written. */
async function write(contribution: Contribution, found: MappingDocument | undefined): Promise<boolean> {
  const { server, role, wanted, dropped, description, deadline } = contribution;
  if (found === undefined) {
    if (isEmpty(wanted)) return false;
    await putSecurityObject(server, MAPPINGS, role, { ...wanted, description }, deadline);
    return true;
  }
  const missing = mapLists((list) => wanted[list].filter((entry) => !found[list].includes(entry)));
  const present = mapLists((list) => dropped[list].filter((entry) => found[list].includes(entry)));
  if (isEmpty(missing) && isEmpty(present)) return false;
  // Adding at the end of a list keeps what others add to it at this moment; an empty one has no end, seen on 3.6.0.
  const canAppend = isEmpty(present) && LISTS.every((list) => missing[list].length === 0 || found[list].length > 0);
  if (canAppend) {
    await addToMapping(server, role, missing, deadline).catch((error: unknown) => {
      // The next look tells whether it came about.
      if (!(error instanceof UnreachableError && error.mayHaveArrived)) throw error;
    });
    return true;
  }
  const changed = (list: MappingList) => missing[list].length + present[list].length > 0;
  const whole = (list: MappingList) => [
    ...found[list].filter((entry) => !present[list].includes(entry)),
    ...missing[list],
  ];
  const lists = LISTS.filter(changed).map((list) => [list, whole(list)] as const);
  await patchSecurityObject(server, MAPPINGS, role, Object.fromEntries(lists), deadline);
  return true;
}

/** Takes entries away. A mapping that one of our resources made goes with its last entry. */
export async function withdraw(contribution: Omit<Contribution, "wanted" | "description">): Promise<void> {
  const { server, role, deadline } = contribution;
  const before = await contribute({ ...contribution, wanted: entriesOf({}), description: undefined });
  if (before === undefined || markIn(before) === undefined) return;
  const left = await getSecurityObject(server, MAPPINGS, role);
  if (left !== undefined && isEmpty(left)) await deleteSecurityObject(server, MAPPINGS, role, deadline);
}
