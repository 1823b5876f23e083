import { illegalArgument, PlainError } from "../errors";
import type { Handler } from "./request";

/** What a user needs to be allowed for a route. */
export type Right = "read" | "write" | "none";

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
  throw illegalArgument(`request [${path}] contains ${noun}: ${unknown.map((name) => `[${name}]`).join(", ")}`);
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
