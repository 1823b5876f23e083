import { isDeepStrictEqual } from "node:util";
import type { ConnectorAction, ConnectorBody, ConnectorDocument } from "../../clients/opensearch/connectors";
import { type ConnectorInputs, ConnectorProtocol, OWNER_PARAMETER } from "./inputs";

/** The server requires a credential, even for a model server that needs none (ml-commons #4704). */
const PLACEHOLDER_CREDENTIAL = { none: "none" };

/** The request body of a connector, with defaults filled in. */
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
 * The server's values of the program's inputs, in the program's form where both are equivalent. The server stores every
 * parameter as text, upper-cases action types and adds defaults. Inputs that the program left out are not compared.
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
    // The server does not return members that its version does not know.
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
    return [key, value !== undefined && isStoredAs(value, text) ? value : text];
  });
  return Object.fromEntries(seen);
}

/**
 * Whether a value equals the server's text. The server stores non-strings as JSON, with its own spacing and escapes.
 */
function isStoredAs(value: unknown, text: string): boolean {
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
