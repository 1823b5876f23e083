import { isDeepStrictEqual } from "node:util";
import type { ConnectorAction, ConnectorBody, ConnectorDocument } from "../../clients/opensearch/connectors";
import { type ConnectorInputs, ConnectorProtocol, OWNER_PARAMETER } from "./inputs";

/** The server insists on a credential, also for a model server that asks for none (ml-commons #4704). */
const PLACEHOLDER_CREDENTIAL = { none: "none" };

/** What is sent for a connector. */
export function bodyOf(inputs: ConnectorInputs): ConnectorBody {
  return {
    name: inputs.name,
    description: inputs.description,
    version: inputs.version ?? 1,
    protocol: inputs.protocol ?? ConnectorProtocol.http,
    parameters: inputs.parameters ?? {},
    credential: inputs.credential ?? PLACEHOLDER_CREDENTIAL,
    actions: inputs.actions,
    clientConfig: inputs.clientConfig,
  };
}

/**
 * The server's view of what the program set, in the program's own form wherever both mean the same: the server keeps
 * every parameter as text, upper-cases action types and fills in defaults. What the program left out is not compared.
 */
export function connectorAsSeen(inputs: ConnectorInputs, found: ConnectorDocument): Partial<ConnectorInputs> {
  const seen: Record<string, unknown> = { name: found.name };
  if (inputs.description !== undefined) seen.description = found.description ?? "";
  if (inputs.version !== undefined) seen.version = Number(found.version);
  if (inputs.protocol !== undefined) seen.protocol = found.protocol;
  seen.parameters = parametersSeen(inputs.parameters, found.parameters);
  if (seen.parameters === undefined) delete seen.parameters;
  const same = isDeepStrictEqual(inputs.actions.map(comparable), found.actions.map(comparable));
  seen.actions = same ? inputs.actions : found.actions;
  if (inputs.clientConfig !== undefined) {
    const config = found.clientConfig ?? {};
    const entries = Object.entries(inputs.clientConfig);
    // A member that the server does not echo is one that its version does not know.
    seen.clientConfig = Object.fromEntries(
      entries.map(([key, value]) => [key, (config as Record<string, unknown>)[key] ?? value]),
    );
  }
  return seen as Partial<ConnectorInputs>;
}

function parametersSeen(
  wanted: ConnectorInputs["parameters"],
  found: Readonly<Record<string, string>>,
): Record<string, unknown> | undefined {
  const { [OWNER_PARAMETER]: _marker, ...rest } = found;
  if (wanted === undefined && Object.keys(rest).length === 0) return undefined;
  const seen = Object.entries(rest).map(([key, text]) => {
    const value = wanted?.[key];
    return [key, value !== undefined && isText(value, text) ? value : text];
  });
  return Object.fromEntries(seen);
}

/** The server keeps what is no text as JSON, escaped and spaced in its own way. */
function isText(value: unknown, text: string): boolean {
  if (typeof value === "string") return value === text;
  try {
    return isDeepStrictEqual(JSON.parse(text), value);
  } catch {
    return false;
  }
}

function comparable(action: ConnectorAction): Record<string, unknown> {
  const { actionType, method, headers, ...rest } = action;
  const full = {
    ...rest,
    actionType: actionType.toLowerCase(),
    method: method.toUpperCase(),
    headers: headers && Object.keys(headers).length > 0 ? headers : undefined,
  };
  return Object.fromEntries(Object.entries(full).filter(([, value]) => value !== undefined));
}
