import { randomBytes } from "node:crypto";
import { beforeEach, expect } from "vitest";
import { autoIndexName } from "../../providers/search-index/name";
import type { Connection } from "../../providers/shared/connection";
import { eachInItsOwnWorld, urn, type World } from "./lifecycle-support";

type Json = Record<string, unknown>;

export const FIELDS = { text: { type: "text" }, source: { type: "keyword" } };

/** A cluster for one test of indices, with the few requests that such tests make by hand. */
export class IndexWorld {
  readonly suffix = randomBytes(4).toString("hex");

  constructor(private readonly base: () => World) {}

  get lines(): string[] {
    return this.base().lines;
  }

  get cluster() {
    return this.base().cluster;
  }

  get connection(): Connection {
    return this.base().connection;
  }

  owner(name: string): string {
    return urn("SearchIndex", `${name}-${this.suffix}`);
  }

  /** The name that an index of this resource gets first. */
  name(resource: string): string {
    return autoIndexName(this.owner(resource));
  }

  inputs(resource: string, more: Json = {}): Json {
    return { connection: this.connection, owner: this.owner(resource), mappings: { properties: FIELDS }, ...more };
  }

  async api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const { username, password, endpoint } = this.connection;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const answer = await fetch(`${endpoint}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(username === undefined ? {} : { authorization }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  async write(index: string, id: string, document: Json = { text: id, source: id }): Promise<void> {
    const { status, body } = await this.api("PUT", `/${index}/_doc/${id}?refresh=true`, document);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
  }

  async documents(index: string): Promise<number> {
    await this.api("POST", `/${index}/_refresh`);
    return Number((await this.api("GET", `/${index}/_count`)).body.count);
  }

  async exists(index: string): Promise<boolean> {
    return (await this.api("GET", `/${index}`)).status === 200;
  }

  /** The index's mapping without our mark. */
  async mapping(index: string): Promise<Json> {
    const { body } = await this.api("GET", `/${index}/_mapping`);
    const { _meta, ...mapping } = (body[index] as { mappings: Json }).mappings;
    const { pulumi: _mark, ...meta } = (_meta ?? {}) as Json;
    return Object.keys(meta).length > 0 ? { ...mapping, _meta: meta } : mapping;
  }

  async settings(index: string): Promise<Json> {
    const { body } = await this.api("GET", `/${index}/_settings?flat_settings=true`);
    return (body[index] as { settings: Json }).settings;
  }

  /** Indices of this test, by what their names hold. */
  async indices(): Promise<string[]> {
    const { body } = await this.api("GET", `/*${this.suffix}*/_mapping`);
    return Object.keys(body).sort();
  }
}

/** The world of the running test, made anew for each. */
export function eachInItsOwnIndexWorld(...options: Parameters<typeof eachInItsOwnWorld>): () => IndexWorld {
  const base = eachInItsOwnWorld(...options);
  let world: IndexWorld | undefined;
  beforeEach(() => {
    world = new IndexWorld(base);
  });
  return () => world ?? expect.unreachable("the world is made before each test");
}
