import { illegalArgument } from "../errors";
import { escapeJson, gsonString } from "../json/java";
import { isJson } from "../json/lenient";
import type { ConnectorAction } from "./connector-document";
import { substitute } from "./template";

type Parameters = Record<string, string>;

/**
 * Escapes what a caller gave, so that it fits inside quotes. Values that are JSON objects or arrays themselves go in
 * raw, as do those named by `no_escape_params`: the server's known trap.
 */
export function escapeParameters(parameters: Readonly<Parameters>): Parameters {
  const raw = new Set((parameters.no_escape_params ?? "").split(",").map((name) => name.trim()));
  const entries = Object.entries(parameters).map(([name, value]) => {
    return [name, isJson(value) || raw.has(name) ? value : escapeJson(value)];
  });
  return Object.fromEntries(entries);
}

/** Fills an action's template; what comes out has to be JSON, leniently. */
export function createPayload(action: ConnectorAction, parameters: Parameters): string | undefined {
  if (action.request_body === undefined) return parameters.http_body;
  const template = fillNulls(action.request_body, parameters);
  const payload = substitute(template, { ...parameters, ...stringForms(parameters) }, "parameters");
  if (!isJson(payload)) throw illegalArgument(`Invalid payload: ${payload}`);
  return payload;
}

/** `"${parameters.x:-null}"` with quotes becomes a bare null when there is no x. */
function fillNulls(template: string, parameters: Readonly<Parameters>): string {
  return template.replace(/"\$\{parameters\.(\w+):-null\}"/g, (whole, name: string) =>
    name in parameters ? whole : "null",
  );
}

/** `${parameters.x.toString()}` inside a parameter stands for x as the inside of a JSON string. */
function stringForms(parameters: Readonly<Parameters>): Parameters {
  const forms: Parameters = {};
  for (const value of Object.values(parameters)) {
    for (const [, name = ""] of value.matchAll(/\$\{parameters\.(.+?)\.toString\(\)\}/g)) {
      const inner = parameters[name];
      if (inner !== undefined) forms[`${name}.toString()`] = gsonString(inner).slice(1, -1);
    }
  }
  return forms;
}

/** Refuses a payload in which placeholders are left, unless the caller asked not to. */
export function checkFilled(payload: string | undefined, parameters: Readonly<Parameters>): void {
  if (parameters.skip_validating_missing_parameters?.toLowerCase() === "true") return;
  if (!payload?.includes("${parameters")) return;
  const names = [...payload.matchAll(/\$\{parameters\.([^}]+)\}/g)].map(([, name]) => name);
  throw illegalArgument(`Some parameter placeholder not filled in payload: ${names.join(", ")}`);
}
