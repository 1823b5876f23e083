import { illegalArgument, PlainError } from "../errors";
import type { Handler } from "./request";

/** What a user needs to be allowed for a route. */
export type Right = "read" | "write" | "admin" | "none";

export interface Route {
  readonly method: string;
  /** `/a/{id}/b`; literal parts win over `{...}` parts. */
  readonly pattern: string;
  readonly handler: Handler;
  /** Query parameters the route knows, besides those that every route knows. */
  readonly parameters?: readonly string[];
  /** The action's name as permission errors quote it. */
  readonly action?: string;
  readonly right?: Right;
}

interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

const COMMON_PARAMETERS = ["pretty", "human", "error_trace", "filter_path", "format"];

/** Finds the handler of a request and refuses unknown paths, methods and parameters in the server's words. */
export class Router {
  constructor(private readonly routes: readonly Route[]) {}

  match(method: string, path: string, uri: string): Match {
    const found = this.find(method, path);
    if (found) return found;
    const allowed = [...new Set(this.candidates(path).map(({ route }) => route.method))];
    if (allowed.length === 0) throw new PlainError(400, `no handler found for uri [${uri}] and method [${method}]`);
    const problem = `Incorrect HTTP method for uri [${uri}] and method [${method}]`;
    throw new PlainError(405, `${problem}, allowed: [${allowed.join(", ")}]`, true, { Allow: allowed.join(",") });
  }

  /** Whether some route takes the path, whatever the method. */
  knows(path: string): boolean {
    return this.candidates(path).length > 0;
  }

  private find(method: string, path: string): Match | undefined {
    const candidates = this.candidates(path);
    const exact = candidates.find(({ route }) => route.method === method);
    return exact ?? (method === "HEAD" ? candidates.find(({ route }) => route.method === "GET") : undefined);
  }

  /** Routes for a path; when a route with more literal parts takes it, others only serve methods that one lacks. */
  private candidates(path: string): Match[] {
    const parts = split(path);
    const matches: (Match & { literals: number })[] = [];
    for (const route of this.routes) {
      const pattern = split(route.pattern);
      const params = matchParts(pattern, parts);
      if (params) matches.push({ route, params, literals: pattern.filter((part) => !part.startsWith("{")).length });
    }
    const most = Math.max(0, ...matches.map(({ literals }) => literals));
    return matches.filter(({ literals }) => literals === most);
  }
}

/** Refuses query parameters that a route doesn't know. */
export function checkParameters(route: Route, path: string, query: ReadonlyMap<string, string>): void {
  const known = [...COMMON_PARAMETERS, ...(route.parameters ?? [])];
  const unknown = [...query.keys()].filter((name) => !known.includes(name)).sort();
  if (unknown.length === 0) return;
  const noun = unknown.length > 1 ? "unrecognized parameters" : "unrecognized parameter";
  const named = unknown.map((name) => `[${name}]${suggestion(name, route.parameters ?? [])}`);
  throw illegalArgument(`request [${path}] contains ${noun}: ${named.join(", ")}`);
}

/** Known names more than half alike, the likest first, as the server proposes them. Read in source. */
function suggestion(name: string, known: readonly string[]): string {
  const scored = known.map((candidate) => ({ candidate, score: likeness(name, candidate) }));
  const close = scored.filter(({ score }) => score > 0.5).sort((a, b) => b.score - a.score);
  const names = close.map(({ candidate }) => candidate);
  if (names.length === 0) return "";
  return names.length === 1 ? ` -> did you mean [${names[0]}]?` : ` -> did you mean any of [${names.join(", ")}]?`;
}

/** 1 for equal texts, 0 for texts with nothing in common: edit distance over the longer length. */
function likeness(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return 1 - (row[b.length] ?? 0) / Math.max(a.length, b.length, 1);
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const actual = parts[index] ?? "";
    if (!part.startsWith("{")) {
      if (part !== actual) return undefined;
      continue;
    }
    params[part.slice(1, -1)] = decode(actual);
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
