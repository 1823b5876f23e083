import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { CountingProxy, REGISTER } from "./concurrency-proxy";
import { created, World } from "./lifecycle-support";

/** More than a client's connections. */
const MANY = 40;
/** Of one client, as `connect.ts` sets it. */
const MOST_SOCKETS = 32;

let world: World;
let proxy: CountingProxy;

async function begin(): Promise<void> {
  world = await World.start();
  proxy = await CountingProxy.before(world.cluster.url);
  await world.open();
}

async function end(): Promise<void> {
  await proxy.close();
  await world.stop();
}

/** Patient: a try that is given up for its time limit and sent again would be counted twice. */
const connection = () => ({
  connection: { ...world.connection, endpoint: proxy.endpoint, requestTimeoutSeconds: 100 },
});
const named = (prefix: string, many: number) => Array.from({ length: many }, (_, i) => `${prefix}${i}`);
const group = (name: string) => created(modelGroupLifecycle, world.groupInputs(name, { name, ...connection() }));

async function connectors(many: number) {
  const making = named("c", many).map((name) => created(connectorLifecycle, world.connectorInputs(name, connection())));
  return await Promise.all(making);
}

async function models(many: number, groupIds: readonly string[]) {
  const made = await connectors(many);
  return await Promise.all(
    named("m", many).map((name, i) => {
      const groupId = groupIds[i % groupIds.length] ?? "";
      const inputs = world.modelInputs(name, groupId, made[i]?.id ?? "", connection());
      return created(deployedModelLifecycle, inputs);
    }),
  );
}

/** Something that is awaited until it happens. */
function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe("many resources in one process", () => {
  let groupId: string;
  let made: Awaited<ReturnType<typeof models>>;

  beforeAll(async () => {
    await begin();
    groupId = (await group("g")).id;
    made = await models(MANY, [groupId]);
  });
  afterAll(end);

  it("ask the cluster once who it is", () => {
    expect(proxy.count("GET /")).toBe(1);
  });

  it("share their connections: no more than the client's bound, and none per request", () => {
    expect(proxy.requests.length).toBeGreaterThan(5 * MANY);
    expect(proxy.connections).toBeLessThanOrEqual(MOST_SOCKETS);
    expect(proxy.mostAtOnce("any")).toBeLessThanOrEqual(MOST_SOCKETS);
  });

  it("register one at a time into a group, each one once and without a conflict", async () => {
    expect(proxy.mostAtOnce(`registrations into ${groupId}`)).toBe(1);
    expect(proxy.requests.filter((request) => request.startsWith(REGISTER))).toHaveLength(MANY);
    expect(new Set(made.map((model) => model.id)).size).toBe(MANY);
    expect(await world.api("GET", `/_plugins/_ml/model_groups/${groupId}`)).toMatchObject({ latest_version: MANY });
  });

  it("are deleted by one look, one for what a killed run left, one undeployment and one deletion each", async () => {
    proxy.requests.length = 0;
    await Promise.all(made.map(({ id, state }) => deployedModelLifecycle.delete(id, state)));
    const asked = new Set(["/_search/pipeline", "/_ingest/pipeline", "/_plugins/_ml/agents/_search"]);
    const own = proxy.requests.filter((request) => !asked.has(request.split(" ")[1] ?? ""));
    const path = (id: string) => `/_plugins/_ml/models/${id}`;
    const wanted = made.flatMap(({ id }) => [
      `GET ${path(id)}`,
      "POST /_plugins/_ml/models/_search",
      `POST ${path(id)}/_undeploy`,
      `DELETE ${path(id)}`,
    ]);
    expect(own.sort()).toStrictEqual(wanted.sort());
  });
});

describe("resources that begin together", () => {
  beforeEach(begin);
  afterEach(end);

  it("ask the cluster once who it is, also when the answer is slow", async () => {
    const arrived = signal();
    proxy.gate = (request) => (request === "GET /" ? arrived.promise : undefined);
    const making = connectors(MANY);
    // By now each of them has come as far as it can without the answer.
    await new Promise<void>((turn) => setImmediate(turn));
    arrived.resolve();
    await making;
    expect(proxy.count("GET /")).toBe(1);
    expect(proxy.count("POST /_plugins/_ml/connectors/_create")).toBe(MANY);
  });

  it("do not wait for registrations into another group", async () => {
    const [a, b] = [await group("a"), await group("b")];
    const both = signal();
    const waiting = new Set<string>();
    // Each group's first registration is held until the other group's has come: one queue for both would never end.
    proxy.gate = (request, body) => {
      if (!request.startsWith(REGISTER)) return undefined;
      waiting.add((JSON.parse(body) as { model_group_id: string }).model_group_id);
      if (waiting.size === 2) both.resolve();
      return both.promise;
    };
    await models(6, [a.id, b.id]);
    for (const { id } of [a, b]) expect(proxy.mostAtOnce(`registrations into ${id}`)).toBe(1);
  });
});
