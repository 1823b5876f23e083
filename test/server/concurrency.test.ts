import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { CountingProxy, REGISTER } from "./concurrency-proxy";
import { created, eachInItsOwnWorld } from "./lifecycle-support";

const MODELS = 40;
/** Of one client, as `connect.ts` sets it. */
const MOST_SOCKETS = 32;

const world = eachInItsOwnWorld();
let proxy: CountingProxy;

beforeEach(async () => {
  proxy = await CountingProxy.before(world().cluster.url);
  await world().open();
});

afterEach(() => proxy.close());

const connection = () => ({ connection: { ...world().connection, endpoint: proxy.endpoint } });
const named = (prefix: string) => Array.from({ length: MODELS }, (_, i) => `${prefix}${i}`);
const group = (name: string) => created(modelGroupLifecycle, world().groupInputs(name, { name, ...connection() }));

async function connectors() {
  return await Promise.all(
    named("c").map((name) => created(connectorLifecycle, world().connectorInputs(name, connection()))),
  );
}

async function models(groupIds: readonly string[]) {
  const made = await connectors();
  return await Promise.all(
    named("m").map((name, i) => {
      const groupId = groupIds[i % groupIds.length] ?? "";
      const inputs = world().modelInputs(name, groupId, made[i]?.id ?? "", connection());
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
  it("ask the cluster once who it is", async () => {
    await models([(await group("g")).id]);
    expect(proxy.count("GET /")).toBe(1);
  });

  it("ask it once also when all begin at the same moment and the answer is slow", async () => {
    const arrived = signal();
    proxy.gate = (request) => (request === "GET /" ? arrived.promise : undefined);
    const making = connectors();
    // By now each of them has come as far as it can without the answer.
    await new Promise<void>((turn) => setImmediate(turn));
    arrived.resolve();
    await making;
    expect(proxy.count("GET /")).toBe(1);
    expect(proxy.count("POST /_plugins/_ml/connectors/_create")).toBe(MODELS);
  });

  it("share their connections: no more than the client's bound, and none per request", async () => {
    await models([(await group("g")).id]);
    expect(proxy.requests.length).toBeGreaterThan(5 * MODELS);
    expect(proxy.connections).toBeLessThanOrEqual(MOST_SOCKETS);
    expect(proxy.mostAtOnce("any")).toBeLessThanOrEqual(MOST_SOCKETS);
  });

  it("register one at a time into a group, each one once and without a conflict", async () => {
    const { id } = await group("g");
    const made = await models([id]);
    expect(proxy.mostAtOnce(`registrations into ${id}`)).toBe(1);
    expect(proxy.requests.filter((request) => request.startsWith(REGISTER))).toHaveLength(MODELS);
    expect(new Set(made.map((model) => model.id)).size).toBe(MODELS);
    expect(await world().api("GET", `/_plugins/_ml/model_groups/${id}`)).toMatchObject({ latest_version: MODELS });
  });

  it("read a model's connector for its question while the model is deployed", async () => {
    const { id: connectorId } = await created(connectorLifecycle, world().connectorInputs("c", connection()));
    const { id: groupId } = await group("g");
    const inputs = world().modelInputs("m", groupId, connectorId, connection());
    const { id } = await created(deployedModelLifecycle, inputs);
    const read = proxy.requests.indexOf(`GET /_plugins/_ml/connectors/${connectorId}`);
    const deployed = proxy.requests.lastIndexOf(`GET /_plugins/_ml/models/${id}`);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(deployed);
  });

  it("are deleted by one look, one undeployment and one deletion each", async () => {
    const made = await models([(await group("g")).id]);
    proxy.requests.length = 0;
    await Promise.all(made.map(({ id, state }) => deployedModelLifecycle.delete(id, state)));
    const asked = new Set(["/_search/pipeline", "/_ingest/pipeline", "/_plugins/_ml/agents/_search"]);
    const own = proxy.requests.filter((request) => !asked.has(request.split(" ")[1] ?? ""));
    const path = (id: string) => `/_plugins/_ml/models/${id}`;
    const wanted = made.flatMap(({ id }) => [`GET ${path(id)}`, `POST ${path(id)}/_undeploy`, `DELETE ${path(id)}`]);
    expect(own.sort()).toStrictEqual(wanted.sort());
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
    await models([a.id, b.id]);
    for (const { id } of [a, b]) expect(proxy.mostAtOnce(`registrations into ${id}`)).toBe(1);
  });
});
