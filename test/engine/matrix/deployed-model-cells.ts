import { expect } from "vitest";
import type { Json } from "../support/resource-world";
import { type Cell, marked, TIMEOUTS } from "./cell";

type Change = Partial<Cell> & Pick<Cell, "op">;

function cell(input: string, from: Json, to: Json, rest: Change): Cell {
  const wired = { modelGroupId: { ref: "group" }, connectorId: { ref: "connector" } };
  return {
    type: "DeployedModel",
    name: `model-${input}`,
    before: ({ world }) => ({ connection: world.connection(), ...wired, ...from }),
    after: ({ world }) => ({ connection: world.connection(), ...wired, ...to }),
    ...rest,
    holds: { model_state: "DEPLOYED", ...rest.holds },
  };
}

const guardrails = (word: string) => ({ type: "local_regex", input_guardrail: { regex: [`^${word}$`] } });

export const deployedModelCells: readonly Cell[] = [
  {
    ...cell("connection", {}, {}, { op: "update", unwritten: true }),
    after: ({ world }) => ({
      connection: world.connection({ requestTimeoutSeconds: 11 }),
      modelGroupId: { ref: "group" },
      connectorId: { ref: "connector" },
    }),
  },
  cell("name", { name: "a" }, { name: "b" }, { op: "update", holds: { name: "b" } }),
  cell("name-dropped", { name: "kept" }, {}, { op: "same", holds: { name: "kept" } }),
  cell(
    "description",
    { description: "one" },
    { description: "two" },
    { op: "update", holds: { description: marked("two") } },
  ),
  cell("modelGroupId", {}, { modelGroupId: { ref: "other-group" } }, { op: "update" }),
  cell("connectorId", {}, { connectorId: { ref: "other-connector" } }, { op: "update" }),
  cell("isEnabled", {}, { isEnabled: false }, { op: "update", holds: { is_enabled: false } }),
  cell("isEnabled-dropped", { isEnabled: false }, {}, { op: "update", holds: { is_enabled: true } }),
  cell(
    "rateLimiter-dropped",
    { rateLimiter: { limit: 1000, unit: "MINUTES" } },
    {},
    { op: "update", unwritten: true, holds: { rate_limiter: { limit: "1000", unit: "MINUTES" } } },
  ),
  cell(
    "rateLimiter",
    { rateLimiter: { limit: 1000, unit: "MINUTES" } },
    { rateLimiter: { limit: 500, unit: "HOURS" } },
    { op: "update", holds: { rate_limiter: { limit: "500", unit: "HOURS" } } },
  ),
  cell(
    "guardrails",
    { guardrails: guardrails("never") },
    { guardrails: guardrails("ever") },
    { op: "update", holds: { guardrails: guardrails("ever") } },
  ),
  cell(
    "interface",
    { interface: { input: { type: "object" } } },
    { interface: { input: { type: "object", title: "question" } } },
    { op: "update", holds: { interface: { input: expect.stringContaining("question") } } },
  ),
  cell(
    "deploySetting",
    { deploySetting: { model_ttl_minutes: 60 } },
    { deploySetting: { model_ttl_minutes: 90 } },
    { op: "update", holds: { deploy_setting: { model_ttl_minutes: 90 } } },
  ),
  cell(
    "settingsRevision",
    { settingsRevision: { ref: "setting-trusted", output: "revision" } },
    { settingsRevision: { ref: "setting-trusted", output: "revision" } },
    { op: "update" },
  ),
  cell("deployed-off", {}, { deployed: false }, { op: "update", holds: { model_state: "UNDEPLOYED" } }),
  cell("deployed-on", { deployed: false }, {}, { op: "update" }),
  cell("probe", {}, { probe: { parameters: { prompt: "Are you there?" } } }, { op: "update", unwritten: true }),
  cell("forceDelete", {}, { forceDelete: true }, { op: "update", unwritten: true }),
  cell("adoptId", {}, { adoptId: "only-for-create" }, { op: "same" }),
  cell("timeouts", {}, TIMEOUTS, { op: "update", unwritten: true }),
  cell("nothing", {}, {}, { op: "same" }),
  cell("renamed", {}, {}, { op: "same", renamed: true }),
];
