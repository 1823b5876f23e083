import { expect } from "vitest";
import type { FakeOllama } from "../../unit/clients/ollama-fake";
import type { Json, ResourceWorld, Spec } from "../support/resource-world";

/** Where the matrix is tried: a cluster with users, a model server, and two Ollama servers. */
export interface Bench {
  readonly world: ResourceWorld;
  readonly ollama: FakeOllama;
  readonly otherOllama: FakeOllama;
}

/** One input of one resource, changed by one update. */
export interface Cell {
  readonly type: Spec["type"];
  /** Name of the resource. */
  readonly name: string;
  readonly before: (bench: Bench) => Json;
  readonly after: (bench: Bench) => Json;
  readonly op: "same" | "update" | "replace";
  /** What the server shows afterwards; a setting is looked for among all that is set. */
  readonly holds?: Json;
  /** Nothing is written to the object on the server. */
  readonly unwritten?: boolean;
  /** Another name in the program afterwards, with an alias. */
  readonly renamed?: boolean;
  /** A deployed model uses the connector all the time. */
  readonly used?: boolean;
  /** What happens on the servers before the first update, or between the two. */
  readonly beforehand?: (bench: Bench) => Promise<void>;
  readonly between?: (bench: Bench) => void;
}

export const TIMEOUTS = { timeouts: { updateSeconds: 77 } };

export function formerName(cell: Cell): string {
  return cell.renamed ? `${cell.name}-before` : cell.name;
}

export function userOf(cell: Cell): string {
  return `user-of-${cell.name}`;
}

/** The program before or after the change. */
export function specs(cells: readonly Cell[], bench: Bench, when: "before" | "after"): Spec[] {
  return cells.flatMap((cell): Spec[] => {
    const renamed = cell.renamed === true && when === "after";
    const name = when === "before" ? formerName(cell) : cell.name;
    const spec: Spec = {
      type: cell.type,
      name,
      args: cell[when](bench),
      formerName: renamed ? formerName(cell) : undefined,
    };
    if (!cell.used) return [spec];
    const args = { connection: bench.world.connection(), modelGroupId: { ref: "group" }, connectorId: { ref: name } };
    return [spec, { type: "DeployedModel", name: userOf(cell), args }];
  });
}

/** A description as the server keeps it: the program's, and the mark of its resource. */
export function marked(description: string): unknown {
  return expect.stringMatching(new RegExp(`^${description} \\(Pulumi [0-9a-f/]+\\)$`));
}
