import { isDeepStrictEqual } from "node:util";
import type { Json, Spec } from "../engine/support/resource-world";
import type { Finding } from "./findings";
import type { Foreign } from "./foreign";
import type { Shown, Sight } from "./server";
import type { Kept } from "./stack";

/** A stack's expected condition: its program and its state. */
export interface Standing {
  readonly title: string;
  readonly program: readonly Spec[];
  readonly kept: readonly Kept[];
  /** Whether the trial leaves this stack alone. */
  readonly isNeighbour: boolean;
}

/** Checks for every stack that server, state and program agree, and that foreign objects are unchanged. */
export function check(sight: Sight, stacks: readonly Standing[], foreign: Foreign): Finding[] {
  const known = new Set([...stacks.flatMap(({ kept }) => kept.map(({ id }) => id)), ...foreign.ids]);
  const extra = sight.objects.filter(({ id }) => !known.has(id));
  return [
    ...stacks.flatMap((stack) => checkStack(sight, stack)),
    ...extra.map(({ type, id }): Finding => ({ column: "duplicated", text: `${type} ${id} is in no state` })),
    ...checkForeign(sight, foreign),
  ];
}

/** Checks after the last destroy that only what existed before the first `up` is left. */
export function checkEmpty(sight: Sight, foreign: Foreign): Finding[] {
  const left = sight.objects
    .filter(({ id }) => !foreign.ids.includes(id))
    .map(({ type, id }) => `${type} ${id} is left`);
  const changed = new Set([...Object.keys(sight.settings), ...Object.keys(foreign.settings)]);
  const orphaned = [...left, ...sight.claims.map((key) => `the claim ${key} is left`)];
  const lost = [...changed]
    .filter((key) => !isDeepStrictEqual(sight.settings[key], foreign.settings[key]))
    .map((key) => `${key} is ${text(sight.settings[key])} and was ${text(foreign.settings[key])}`);
  return [
    ...orphaned.map((each): Finding => ({ column: "orphaned", text: each })),
    ...lost.map((each): Finding => ({ column: "settings", text: each })),
    ...checkForeign(sight, foreign),
  ];
}

function checkForeign(sight: Sight, foreign: Foreign): Finding[] {
  const gone = foreign.ids.filter((id) => !sight.objects.some((object) => object.id === id));
  const entries = Object.entries(foreign.settings).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value
          .filter((entry) => !listOf(sight.settings[key]).includes(entry))
          .map((entry) => `${key} lacks ${entry}, which was there before`)
      : [],
  );
  return [
    ...gone.map((id): Finding => ({ column: "neighbour", text: `${id}, made by hand, is gone` })),
    ...entries.map((each): Finding => ({ column: "settings", text: each })),
  ];
}

function checkStack(sight: Sight, { title, program, kept, isNeighbour }: Standing): Finding[] {
  const column = isNeighbour ? "neighbour" : "differs";
  const problems = program.flatMap((spec): Finding[] => {
    const resource = kept.find(({ name }) => name === spec.name);
    if (resource === undefined) return [{ column, text: `${title}: ${spec.name} is not in the state` }];
    if (spec.type === "ClusterSetting") {
      return settingProblems(sight, spec).map(
        (problem): Finding => ({ column: "settings", text: `${title}: ${problem}` }),
      );
    }
    const shown = sight.objects.find(({ type, id }) => type === spec.type && id === resource.id);
    if (shown === undefined) return [{ column, text: `${title}: ${spec.name} ${resource.id} is not on the server` }];
    return objectProblems(spec, shown, kept).map(
      (problem): Finding => ({ column, text: `${title}: ${spec.name} ${problem}` }),
    );
  });
  const more = kept.filter(({ name }) => !program.some((spec) => spec.name === name));
  return [
    ...problems,
    ...more.map(({ name }): Finding => ({ column, text: `${title}: ${name} is in the state only` })),
  ];
}

function settingProblems({ settings }: Sight, { args }: Spec): string[] {
  return Object.entries(args.settings as Json).flatMap(([key, value]) => {
    if (!Array.isArray(value))
      return String(settings[key]) === String(value) ? [] : [`${key} is ${text(settings[key])}, not ${value}`];
    return value.filter((entry) => !listOf(settings[key]).includes(entry)).map((entry) => `${key} lacks ${entry}`);
  });
}

function objectProblems({ args }: Spec, { fields }: Shown, kept: readonly Kept[]): string[] {
  const idOf = (reference: unknown) => {
    const name = (reference as { ref?: string } | undefined)?.ref;
    return kept.find((each) => each.name === name)?.id;
  };
  const properties = (args.mappings as { properties?: Json } | undefined)?.properties ?? {};
  const limit = (args.rateLimiter as { limit?: number } | undefined)?.limit;
  const wanted: [string, unknown, unknown][] = [
    ...Object.entries((args.parameters ?? {}) as Json).map(([key, value]): [string, unknown, unknown] => [
      `parameters.${key}`,
      (fields.parameters as Json | undefined)?.[key],
      value,
    ]),
    ...Object.keys(properties).map((key): [string, unknown, unknown] => [
      `field ${key}`,
      key in ((fields.properties ?? {}) as Json),
      true,
    ]),
    ...(args.name !== undefined && fields.name !== undefined
      ? [["name", fields.name, args.name] as [string, unknown, unknown]]
      : []),
    ...(args.connectorId !== undefined
      ? ([
          ["connector", fields.connector_id, idOf(args.connectorId)],
          ["group", fields.model_group_id, idOf(args.modelGroupId)],
          ["state", fields.model_state, "DEPLOYED"],
        ] as [string, unknown, unknown][])
      : []),
    ...(limit !== undefined
      ? [["limit", String((fields.rate_limiter as Json | undefined)?.limit), `${limit}`] as [string, unknown, unknown]]
      : []),
  ];
  const problems = wanted
    .filter(([, is, should]) => !isDeepStrictEqual(is, should))
    .map(([what, is, should]) => `has ${what} ${text(is)}, not ${text(should)}`);
  // The package appends its mark to a description.
  const description = args.description as string | undefined;
  if (description !== undefined && !String(fields.description).startsWith(description)) {
    problems.push(`has the description ${text(fields.description)}, not ${text(description)}`);
  }
  return problems;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "not set";
}
