import { expect } from "vitest";
import type { Json } from "../support/resource-world";
import { type Cell, marked, TIMEOUTS } from "./cell";

/** Somebody with backend roles, who is no administrator. */
export const TEAM = {
  username: "matrix-team",
  password: "Quiet-Harbour-4418",
  backendRoles: ["a", "b"],
  roles: ["ml_full_access"],
} as const;

type Change = Partial<Cell> & Pick<Cell, "op">;

function cell(input: string, from: Json, to: Json, rest: Change): Cell {
  return {
    type: "ModelGroup",
    name: `group-${input}`,
    before: ({ world }) => ({ connection: world.connection(), ...from }),
    after: ({ world }) => ({ connection: world.connection(), ...to }),
    ...rest,
  };
}

export const modelGroupCells: readonly Cell[] = [
  cell(
    "connection",
    {},
    {},
    {
      op: "update",
      unwritten: true,
      after: ({ world }) => ({ connection: world.connection({ requestTimeoutSeconds: 11 }) }),
    },
  ),
  cell("name", { name: "group a" }, { name: "group b" }, { op: "update", holds: { name: "group b" } }),
  cell("name-dropped", { name: "group c" }, {}, { op: "same", holds: { name: "group c" } }),
  cell(
    "description",
    { description: "one" },
    { description: "two" },
    { op: "update", holds: { description: marked("two") } },
  ),
  cell("description-dropped", { description: "kept" }, {}, { op: "same", holds: { description: marked("kept") } }),
  cell(
    "accessMode",
    { accessMode: "private" },
    { accessMode: "public" },
    { op: "update", holds: { access: "public" } },
  ),
  cell(
    "backendRoles",
    { accessMode: "restricted", backendRoles: ["a"] },
    { accessMode: "restricted", backendRoles: ["a", "b"] },
    { op: "update", holds: { access: "restricted", backend_roles: ["a", "b"] } },
  ),
  // Refused to administrators, and beside roles that are named.
  asTeam(
    cell(
      "addAllBackendRoles",
      { accessMode: "restricted", backendRoles: ["a"], addAllBackendRoles: false },
      { accessMode: "restricted", addAllBackendRoles: true },
      { op: "update", holds: { access: "restricted", backend_roles: expect.arrayContaining([...TEAM.backendRoles]) } },
    ),
  ),
  cell("accessMode-dropped", { accessMode: "private" }, {}, { op: "update", unwritten: true }),
  cell("adoptExisting", {}, { adoptExisting: true }, { op: "update", unwritten: true }),
  cell("timeouts", {}, TIMEOUTS, { op: "update", unwritten: true }),
  cell("nothing", { description: "as it was" }, { description: "as it was" }, { op: "same" }),
  cell("renamed", {}, {}, { op: "same", renamed: true }),
];

function asTeam(cell: Cell): Cell {
  const { username, password } = TEAM;
  const args =
    (before: Cell["before"]): Cell["before"] =>
    (bench) => ({ ...before(bench), connection: bench.world.connection({ username, password }) });
  return { ...cell, before: args(cell.before), after: args(cell.after) };
}
