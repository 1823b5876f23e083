import type { ConnectorAction } from "../../clients/opensearch/connectors";
import { messageOf } from "../../diagnosis/failure";
import { hasUserInfo } from "../shared/base-url";
import { isSecretName } from "../shared/checking";
import { hasUnknown } from "../shared/unknown";
import { callableProblem } from "./callable-url";
import { javaMatches } from "./java-syntax";
import { EndlessSubstitution, filledWith, parameterText, placeholdersOf, substitute } from "./substitution";
import { trustedEndpointRegex } from "./trust";

/** Ids of the lint's rules. */
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

/** A finding of the lint. */
export interface Finding {
  readonly rule: LintRule;
  /** Path below `actions[i]`, such as `requestBody`. */
  readonly path: string;
  /** What is wrong and what to write instead. The path and this make a sentence. */
  readonly message: string;
}

const CREDENTIAL = /\$\{credential\.([A-Za-z0-9_.-]+)\}/g;

/** These Ollama endpoints stream several documents by default. ML Commons reads only one (#2996). */
const STREAMS_BY_DEFAULT = /\/api\/(generate|chat)$/;

/** Names of the `${parameters.…}` in a template. */
export function placeholders(template: string): string[] {
  return [...new Set(placeholdersOf(template).map(({ name }) => name))];
}

interface LintContext {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credential: Readonly<Record<string, string>>;
  /** Parameters that callers send. If `undefined`, callers may fill any placeholder. */
  readonly predictParameters: readonly string[] | undefined;
  /** One of these regexes must match each whole URL. If `undefined`, URLs are not checked. */
  readonly trustedEndpoints?: readonly string[];
}

/** Names of the placeholders that need a value: they occur without a default (`${parameters.x:-y}`). */
export function requiredPlaceholders(template: string): string[] {
  const open = placeholdersOf(template).filter(({ fallback }) => fallback === undefined);
  return [...new Set(open.map(({ name }) => name))];
}

/** Checks an action's templates without asking the server. */
export function lintAction(action: ConnectorAction, context: LintContext): Finding[] {
  if (hasUnknown(action)) return [];
  const endless = lintEndless(action, context);
  if (endless.length > 0) return endless;
  return [
    ...lintUrl(action, context),
    ...lintTrust(action, context),
    ...lintCredentials(action, context),
    ...lintHeaders(action),
    ...lintBody(action, context),
  ];
}

/** Finds parameters that refer to themselves. The server refuses them. */
function lintEndless({ url, requestBody = "" }: ConnectorAction, { parameters }: LintContext): Finding[] {
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
          message: `uses \${parameters.${error.parameter}}, whose value refers to itself without end`,
        },
      ];
    }
  });
}

function lintUrl(action: ConnectorAction, context: LintContext): Finding[] {
  const { url } = action;
  if (/^(https?:\/\/)?[^/?#]*\$\{parameters\./.test(url)) {
    const literal = shown(url, context);
    return [
      {
        rule: "host-from-parameter",
        path: "url",
        message: `takes its host from a parameter, and callers may override parameters and so redirect the request; write the host literally: ${literal}`,
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
  const open = requiredPlaceholders(url).filter((name) => !(name in context.parameters));
  if (open.length > 0) {
    return open.map((name) => ({
      rule: "parameter-not-filled",
      path: "url",
      message: `uses \${parameters.${name}}, which parameters does not hold`,
    }));
  }
  const problem = hasUnknown(context.parameters) ? undefined : callableProblem(filledWith(url, context.parameters));
  return problem === undefined ? [] : [{ rule: "url-not-callable", path: "url", message: problem }];
}

/** The URL that the server will call, but with placeholders for secret parameters, such as a key in the query. */
function shown(url: string, { parameters }: LintContext): string {
  return filledWith(url, Object.fromEntries(Object.entries(parameters).filter(([name]) => !isSecretName(name))));
}

/** Finds untrusted URLs in previews. The server checks its list only when the connector is created. */
function lintTrust({ url }: ConnectorAction, context: LintContext): Finding[] {
  const { parameters, trustedEndpoints } = context;
  if (trustedEndpoints === undefined || hasUnknown([trustedEndpoints, parameters])) return [];
  // `lintUrl` reports unfilled placeholders. The final URL is not known then.
  if (requiredPlaceholders(url).some((name) => !(name in parameters))) return [];
  const filled = filledWith(url, parameters);
  // A regex that cannot be tested here counts as a match.
  if (trustedEndpoints.some((regex) => javaMatches(regex, filled) ?? true)) return [];
  const named = shown(url, context);
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

function lintCredentials(action: ConnectorAction, context: LintContext): Finding[] {
  if (hasUnknown(context.credential)) return [];
  const templates = { requestBody: action.requestBody ?? "", headers: JSON.stringify(action.headers ?? {}) };
  return Object.entries(templates).flatMap(([path, template]) =>
    [...template.matchAll(CREDENTIAL)]
      .map((match) => match[1] ?? "")
      .filter((name) => !(name in context.credential))
      .map((name) => ({
        rule: "credential-not-given",
        path,
        message: `uses \${credential.${name}}, which credential does not hold`,
      })),
  );
}

/** Finds secrets in headers. State and connector contain headers in plain text, for everybody who may read them. */
function lintHeaders({ headers = {} }: ConnectorAction): Finding[] {
  return Object.entries(headers)
    .filter(([name, value]) => isSecretName(name) && value !== "" && !/\$\{(credential|parameters)\./.test(value))
    .map(([name]) => ({
      rule: "secret-in-header",
      path: `headers.${name}`,
      message: `holds a secret in plain text, which everybody who may see the connector can read; put it into credential, such as { key: … }, and write \${credential.key} here`,
    }));
}

function lintBody(action: ConnectorAction, context: LintContext): Finding[] {
  const body = action.requestBody;
  if (body === undefined) return [];
  const allowed = hasUnknown(context.predictParameters) ? undefined : context.predictParameters;
  const unfilled = requiredPlaceholders(body).filter(
    (name) => !(name in context.parameters) && allowed !== undefined && !allowed.includes(name),
  );
  if (unfilled.length > 0) {
    return unfilled.map((name) => ({
      rule: "parameter-not-filled",
      path: "requestBody",
      message: `uses \${parameters.${name}}, which neither parameters nor predictParameters holds`,
    }));
  }
  if (hasUnknown(context.parameters)) return [];
  return [...lintJson(action, body, context), ...lintEscapes(body, context)];
}

function lintJson(action: ConnectorAction, body: string, context: LintContext): Finding[] {
  const filled = parse(fill(body, context.parameters));
  if (filled.error !== undefined) {
    return [
      {
        rule: "body-not-json",
        path: "requestBody",
        message: `is not valid JSON once its placeholders are filled (${filled.error}); put quotes around placeholders of texts, but not around those of lists and objects`,
      },
    ];
  }
  if (!STREAMS_BY_DEFAULT.test(action.url) || isObjectWith(filled.value, "stream", false)) return [];
  const message = 'must hold "stream": false, since ML Commons reads only one answer';
  return [{ rule: "answer-streams", path: "requestBody", message }];
}

/**
 * Finds parameters that break quotes. The server escapes callers' values, but not a connector's own (seen on 3.4.0).
 */
function lintEscapes(body: string, context: LintContext): Finding[] {
  const isInside = quotesIn(body);
  const quoted = placeholdersOf(body)
    .filter(({ start }) => isInside(start))
    .map(({ name }) => name);
  return [...new Set(quoted)].flatMap((name) => {
    const value = context.parameters[name];
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

/** The body as the server fills it, with sample values for the placeholders that callers fill. */
function fill(body: string, parameters: LintContext["parameters"]): string {
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

/**
 * Returns a function that tells whether an offset is inside quotes. Call it with ascending offsets: it reads the text
 * once.
 */
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
  // A string may contain a list or an object, or be escaped already. Escape only what would break the JSON.
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
