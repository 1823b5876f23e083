import type { ConnectorAction } from "../../clients/opensearch/connectors";
import { messageOf } from "../../diagnosis/failure";
import { hasUserInfo } from "../shared/base-url";
import { isSecretName } from "../shared/checking";
import { hasUnknown } from "../shared/unknown";
import { javaMatches } from "./java-syntax";
import { EndlessSubstitution, filledWith, parameterText, placeholdersOf, substitute } from "./substitution";
import { trustedEndpointRegex } from "./trust";

/** What the lint looks for. */
export type LintRule =
  | "endless-parameter"
  | "host-from-parameter"
  | "user-in-url"
  | "credential-in-url"
  | "parameter-not-filled"
  | "url-not-callable"
  | "url-not-trusted"
  | "credential-not-given"
  | "secret-in-header"
  | "body-not-json"
  | "answer-streams"
  | "parameter-not-escaped";

/** A finding of the lint: where, and what to write instead. */
export interface Finding {
  readonly rule: LintRule;
  /** Path below `actions[i]`, such as `requestBody`. */
  readonly path: string;
  readonly message: string;
}

const CREDENTIAL = /\$\{credential\.([A-Za-z0-9_.-]+)\}/g;

/** Native Ollama endpoints answer a stream of documents unless told not to; ML Commons reads one (#2996). */
const STREAMS_BY_DEFAULT = /\/api\/(generate|chat)$/;

/** Names of the `${parameters.…}` in a template. */
export function placeholders(template: string): string[] {
  return [...new Set(placeholdersOf(template).map(({ name }) => name))];
}

interface Surroundings {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credential: Readonly<Record<string, string>>;
  /** Parameters that callers fill; `undefined` where the program does not say, then every placeholder may be. */
  readonly predictParameters: readonly string[] | undefined;
  /** Regexes of which one must match each URL as a whole; `undefined` where the program does not say. */
  readonly trustedEndpoints?: readonly string[];
}

/** Those of them that stand somewhere without a default (`${parameters.x:-y}`), so that somebody has to fill them. */
export function withoutDefault(template: string): string[] {
  const open = placeholdersOf(template).filter(({ fallback }) => fallback === undefined);
  return [...new Set(open.map(({ name }) => name))];
}

/** What is wrong with an action's templates, as far as it can be told without the server. */
export function lintAction(action: ConnectorAction, around: Surroundings): Finding[] {
  if (hasUnknown(action)) return [];
  const endless = lintEnds(action, around);
  if (endless.length > 0) return endless;
  return [
    ...lintUrl(action, around),
    ...lintTrust(action, around),
    ...lintCredentials(action, around),
    ...lintHeaders(action),
    ...lintBody(action, around),
  ];
}

/** The server refuses a parameter that leads back to itself. */
function lintEnds({ url, requestBody = "" }: ConnectorAction, { parameters }: Surroundings): Finding[] {
  return Object.entries({ url, requestBody }).flatMap(([path, template]) => {
    try {
      substitute(template, (name) => parameterText(parameters[name]));
      return [];
    } catch (error) {
      if (!(error instanceof EndlessSubstitution)) throw error;
      return [
        {
          rule: "endless-parameter",
          path,
          message: `uses \${parameters.${error.parameter}}, whose value leads back to itself without an end`,
        },
      ];
    }
  });
}

function lintUrl(action: ConnectorAction, around: Surroundings): Finding[] {
  const { url } = action;
  if (/^(https?:\/\/)?[^/?#]*\$\{parameters\./.test(url)) {
    const meant = shown(url, around);
    return [
      {
        rule: "host-from-parameter",
        path: "url",
        message: `takes its host from a parameter, and callers may override parameters and so redirect the request; write the host literally: ${meant}`,
      },
    ];
  }
  if (hasUserInfo(withoutPlaceholders(url, () => "x"))) {
    const message = "holds a user or a password; put them into credential and send them in the header Authorization";
    return [{ rule: "user-in-url", path: "url", message }];
  }
  if (/\$\{credential\./.test(url)) {
    const message = "uses a credential, which the server fills into headers and bodies only";
    return [{ rule: "credential-in-url", path: "url", message }];
  }
  const open = withoutDefault(url).filter((name) => !(name in around.parameters));
  if (open.length > 0) {
    return open.map((name) => ({
      rule: "parameter-not-filled",
      path: "url",
      message: `uses \${parameters.${name}}, which parameters does not hold`,
    }));
  }
  const problem = hasUnknown(around.parameters) ? undefined : callableProblem(filledWith(url, around.parameters));
  return problem === undefined ? [] : [{ rule: "url-not-callable", path: "url", message: problem }];
}

/** A URL as the server will call it, but for what a parameter hides, such as a key in the query. */
function shown(url: string, { parameters }: Surroundings): string {
  return filledWith(url, Object.fromEntries(Object.entries(parameters).filter(([name]) => !isSecretName(name))));
}

/** The server asks its list only when the connector is made; asked here, the answer comes in preview. */
function lintTrust({ url }: ConnectorAction, around: Surroundings): Finding[] {
  const { parameters, trustedEndpoints } = around;
  if (trustedEndpoints === undefined || hasUnknown([trustedEndpoints, parameters])) return [];
  // One that is not filled is told as such; what it would be is not known.
  if (withoutDefault(url).some((name) => !(name in parameters))) return [];
  const filled = filledWith(url, parameters);
  // An entry that cannot be judged here counts as a match.
  if (trustedEndpoints.some((regex) => javaMatches(regex, filled) ?? true)) return [];
  const named = shown(url, around);
  return [
    { rule: "url-not-trusted", path: "url", message: `${named} matches none of trustedEndpoints; ${remedy(named)}` },
  ];
}

function remedy(url: string): string {
  try {
    return `add ${trustedEndpointRegex(url)}`;
  } catch {
    return "it is too long to be trusted exactly";
  }
}

function lintCredentials(action: ConnectorAction, around: Surroundings): Finding[] {
  if (hasUnknown(around.credential)) return [];
  const templates = { requestBody: action.requestBody ?? "", headers: JSON.stringify(action.headers ?? {}) };
  return Object.entries(templates).flatMap(([path, template]) =>
    [...template.matchAll(CREDENTIAL)]
      .map((match) => match[1] ?? "")
      .filter((name) => !(name in around.credential))
      .map((name) => ({
        rule: "credential-not-given",
        path,
        message: `uses \${credential.${name}}, which credential does not hold`,
      })),
  );
}

/** Headers stand in the clear in the connector, for everybody who may read it, and in the state. */
function lintHeaders({ headers = {} }: ConnectorAction): Finding[] {
  return Object.entries(headers)
    .filter(([name, value]) => isSecretName(name) && value !== "" && !/\$\{(credential|parameters)\./.test(value))
    .map(([name]) => ({
      rule: "secret-in-header",
      path: `headers.${name}`,
      message: `holds a secret as it is, which everybody can read who may see the connector; put it into credential, such as { key: … }, and write \${credential.key} here`,
    }));
}

function lintBody(action: ConnectorAction, around: Surroundings): Finding[] {
  const body = action.requestBody;
  if (body === undefined) return [];
  const allowed = hasUnknown(around.predictParameters) ? undefined : around.predictParameters;
  const unfilled = withoutDefault(body).filter(
    (name) => !(name in around.parameters) && allowed !== undefined && !allowed.includes(name),
  );
  if (unfilled.length > 0) {
    return unfilled.map((name) => ({
      rule: "parameter-not-filled",
      path: "requestBody",
      message: `uses \${parameters.${name}}, which neither parameters nor predictParameters holds`,
    }));
  }
  if (hasUnknown(around.parameters)) return [];
  return [...lintJson(action, body, around), ...lintEscapes(body, around)];
}

function lintJson(action: ConnectorAction, body: string, around: Surroundings): Finding[] {
  const filled = parse(fill(body, around.parameters));
  if (filled.error !== undefined) {
    return [
      {
        rule: "body-not-json",
        path: "requestBody",
        message: `is no JSON once its placeholders are filled (${filled.error}); put text placeholders in quotes and leave lists and objects without`,
      },
    ];
  }
  if (!STREAMS_BY_DEFAULT.test(action.url) || isObjectWith(filled.value, "stream", false)) return [];
  const message = 'must hold "stream": false, since ML Commons reads only one answer';
  return [{ rule: "answer-streams", path: "requestBody", message }];
}

/** The server escapes what callers send, but puts the connector's own parameters in as they are (seen on 3.4.0). */
function lintEscapes(body: string, around: Surroundings): Finding[] {
  const isInside = quotesIn(body);
  const quoted = placeholdersOf(body)
    .filter(({ start }) => isInside(start))
    .map(({ name }) => name);
  return [...new Set(quoted)].flatMap((name) => {
    const value = around.parameters[name];
    if (typeof value !== "string" || fitsInQuotes(value)) return [];
    const written = JSON.stringify(JSON.stringify(value).slice(1, -1));
    return [
      {
        rule: "parameter-not-escaped",
        path: "requestBody",
        message: `puts parameters.${name} inside quotes unescaped, since the server does not escape a connector's own parameters; write its value as ${written}`,
      },
    ];
  });
}

function fitsInQuotes(text: string): boolean {
  return parse(`"${text}"`).error === undefined;
}

/** The body as the server fills it; for what callers give, something stands that fits there. */
function fill(body: string, parameters: Surroundings["parameters"]): string {
  const ours = substitute(body, (name) => escaped(parameters[name]));
  const isInside = quotesIn(ours);
  return withoutPlaceholders(ours, (start) => (isInside(start) ? "x" : "null"));
}

function withoutPlaceholders(text: string, instead: (start: number) => string): string {
  let at = 0;
  let out = "";
  for (const { start, end } of placeholdersOf(text)) {
    out += text.slice(at, start) + instead(start);
    at = end;
  }
  return out + text.slice(at);
}

/** Tells of growing offsets whether they stand inside quotes; the text is read once, however many are asked for. */
function quotesIn(text: string): (offset: number) => boolean {
  let inside = false;
  let i = 0;
  return (offset) => {
    for (; i < offset; i += 1) {
      if (text[i] === "\\") i += 1;
      else if (text[i] === '"') inside = !inside;
    }
    return inside;
  };
}

function escaped(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") return JSON.stringify(value);
  // A text may stand for a list or an object, or be escaped already; only what would break is escaped here.
  if (parse(value).error === undefined || fitsInQuotes(value)) return value;
  return JSON.stringify(value).slice(1, -1);
}

function parse(text: string): { readonly value: unknown; readonly error?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { value: undefined, error: messageOf(error) };
  }
}

function isObjectWith(value: unknown, key: string, expected: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[key] === expected;
}

const PARTS = /^https?:\/\/([^/?#]*)([^#]*)(#?)/i;
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
/** What Java's `URI` knows as a host: no underscore, and a last part that begins with a letter, or an address. */
const HOST = new RegExp(
  `^(?:(?:${LABEL}\\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?\\.?|\\d{1,3}(?:\\.\\d{1,3}){3}|\\d+|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`,
  "i",
);
/** Spaces, control characters, and these: Java's `URI` refuses them, in a path brackets too. */
const NOT_IN_PATH = /[\s\p{Cc}\p{Z}"<>\\^`{|}[\]]|%(?![0-9a-f]{2})/iu;
const NOT_IN_QUERY = /[\s\p{Cc}\p{Z}"<>\\^`{|}]|%(?![0-9a-f]{2})/iu;

/**
 * Why OpenSearch could never call a URL whose placeholders are filled, as the rest of a sentence, or `undefined`. It reads
 * it by Java's `URI`, which is stricter than browsers are, and says so only when a model is asked.
 */
export function callableProblem(url: string): string | undefined {
  const [, authority, rest = "", fragment] = PARTS.exec(url) ?? [];
  if (authority === undefined) return "must begin with http:// or https://";
  if (!HOST.test(authority) || !URL.canParse(url)) {
    return `has the host ${JSON.stringify(authority)}, which OpenSearch cannot read: letters, digits, hyphens and dots, the last part beginning with a letter, then perhaps a port; or an IP address`;
  }
  const [path = "", ...query] = rest.split("?");
  const sign = NOT_IN_PATH.exec(path)?.[0] ?? NOT_IN_QUERY.exec(query.join("?"))?.[0];
  if (sign !== undefined)
    return `holds ${JSON.stringify(sign)}, which OpenSearch refuses in a URL: write it percent-encoded`;
  return fragment === "#" ? "holds #, and what stands behind it is never sent" : undefined;
}
