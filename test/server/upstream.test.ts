import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, FAST_TIMINGS, startEmulator } from "../../emulator";
import { type FakeOpenSearch, startFakeOpenSearch } from "./fake-opensearch";
import { basic, call, field, ML, reason } from "./support";

const ADMIN = basic("admin", "secret");
const PRIVATE_IP = "plugins.ml_commons.connector.private_ip_enabled";

describe("with a real server behind", () => {
  let real: FakeOpenSearch;
  let emulator: Emulator;

  beforeEach(async () => {
    real = await startFakeOpenSearch();
    emulator = await startEmulator({ upstream: { url: real.url }, timings: FAST_TIMINGS });
  });

  afterEach(async () => {
    await emulator.close();
    await real.close();
  });

  it("passes everything that isn't ML Commons on and back: method, path, body, status, headers", async () => {
    const reply = await call(emulator.url, "POST", "/docs/_bulk?refresh=true", "a\nb\n", ADMIN);
    expect(reply.status).toBe(207);
    expect(reply.json).toEqual({ method: "POST", url: "/docs/_bulk?refresh=true", body: "a\nb\n" });
    expect(reply.headers["x-real"]).toBe("yes");
    expect(reply.headers["x-ollama-chat-emulator"]).toBe("ml-commons 3.4.0");
  });

  it("says that it is an emulator in the real server's own root answer", async () => {
    const reply = await call(emulator.url, "GET", "/", undefined, ADMIN);
    expect(reply.json).toEqual({
      name: "real-node",
      version: { number: "3.4.0", build_type: "emulator" },
      tagline: "x",
    });
  });

  it("lists ML Commons among the real plugins", async () => {
    const json = await call(emulator.url, "GET", "/_cat/plugins?format=json&h=c,v", undefined, ADMIN);
    expect(json.json).toEqual([
      { component: "opensearch-security", version: "3.4.0.0" },
      { component: "opensearch-ml", version: "3.4.0.0" },
    ]);
    const text = await call(emulator.url, "GET", "/_cat/plugins", undefined, ADMIN);
    expect(text.text).toContain("real-node opensearch-ml       3.4.0.0");
  });

  it("lets the real server decide who may log in, and relays its refusal", async () => {
    const reply = await call(emulator.url, "GET", `${ML}/models/nope`, undefined, basic("admin", "wrong"));
    expect([reply.status, reply.text, reply.headers["www-authenticate"]]).toEqual([
      401,
      "Unauthorized",
      'Basic realm="real"',
    ]);
    expect((await call(emulator.url, "GET", `${ML}/models/nope`, undefined, ADMIN)).status).toBe(404);
  });

  it("refuses users without ML rights and writes of readers with the security plugin's 403", async () => {
    real.users.set("bob", { password: "b", roles: ["own_index"] });
    real.users.set("reader", { password: "r", roles: ["ml_read_access"] });
    const bob = await call(emulator.url, "GET", `${ML}/models/nope`, undefined, basic("bob", "b"));
    expect(bob.status).toBe(403);
    expect(reason(bob)).toBe(
      "no permissions for [cluster:admin/opensearch/ml/models/get] and User [name=bob, backend_roles=[b], requestedTenant=null]",
    );
    const read = await call(emulator.url, "GET", `${ML}/models/nope`, undefined, basic("reader", "r"));
    expect(read.status).toBe(404);
    const write = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name: "g" }, basic("reader", "r"));
    expect(write.status).toBe(403);
  });

  it("asks once for many calls in a row, and forgets logins when security settings change", async () => {
    for (let times = 0; times < 5; times++) await call(emulator.url, "GET", `${ML}/models/nope`, undefined, ADMIN);
    const asked = () => real.seen.filter((line) => line.endsWith("/authinfo")).length;
    expect(asked()).toBe(1);
    await call(emulator.url, "PUT", "/_plugins/_security/api/internalusers/admin", { password: "new" }, ADMIN);
    real.users.set("admin", { password: "new", roles: ["all_access"] });
    expect((await call(emulator.url, "GET", `${ML}/models/nope`, undefined, ADMIN)).status).toBe(401);
    expect(asked()).toBe(2);
  });

  it("keeps ML settings itself and gives one answer for a request that mixes both kinds", async () => {
    const persistent = { [PRIVATE_IP]: true, "cluster.max_shards_per_node": 500 };
    const put = await call(emulator.url, "PUT", "/_cluster/settings", { persistent }, ADMIN);
    const both = {
      cluster: { max_shards_per_node: "500" },
      plugins: { ml_commons: { connector: { private_ip_enabled: "true" } } },
    };
    expect(put.json).toEqual({ acknowledged: true, persistent: both, transient: {} });
    expect((await call(emulator.url, "GET", "/_cluster/settings", undefined, ADMIN)).json).toEqual({
      persistent: both,
      transient: {},
    });
  });

  it("applies nothing of ours when the real server refuses its part", async () => {
    const persistent = { [PRIVATE_IP]: true, "nope.x": 1 };
    const put = await call(emulator.url, "PUT", "/_cluster/settings", { persistent }, ADMIN);
    expect([put.status, reason(put)]).toEqual([400, "persistent setting [nope.x], not recognized"]);
    expect((await call(emulator.url, "GET", "/_cluster/settings", undefined, ADMIN)).json).toEqual({
      persistent: {},
      transient: {},
    });
  });

  it("sends the real server nothing when a setting of ours is wrong", async () => {
    const persistent = { "plugins.ml_commons.nope": true, "cluster.max_shards_per_node": 500 };
    const put = await call(emulator.url, "PUT", "/_cluster/settings", { persistent }, ADMIN);
    expect([put.status, reason(put)]).toEqual([400, "persistent setting [plugins.ml_commons.nope], not recognized"]);
    expect(real.seen.filter((line) => line.startsWith("PUT"))).toEqual([]);
  });

  it("lets the real server check who may change ML settings", async () => {
    const put = await call(
      emulator.url,
      "PUT",
      "/_cluster/settings",
      { persistent: { [PRIVATE_IP]: true } },
      basic("x", "y"),
    );
    expect([put.status, put.text]).toEqual([401, "Unauthorized"]);
  });

  it("resets settings of both kinds by one wildcard", async () => {
    const persistent = { [PRIVATE_IP]: true, "cluster.max_shards_per_node": 500 };
    await call(emulator.url, "PUT", "/_cluster/settings", { persistent }, ADMIN);
    const put = await call(emulator.url, "PUT", "/_cluster/settings", { persistent: { "*": null } }, ADMIN);
    expect(put.status).toBe(200);
    const left = await call(emulator.url, "GET", "/_cluster/settings?flat_settings=true", undefined, ADMIN);
    expect(JSON.stringify(left.json)).not.toContain("private_ip_enabled");
  });

  it("makes ML objects for a user the real server knows", async () => {
    const made = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name: "g" }, ADMIN);
    expect(field(made, "status")).toBe("CREATED");
  });

  it("says 503 and why while the real server isn't there", async () => {
    await real.close();
    const passed = await call(emulator.url, "GET", "/_cluster/health", undefined, ADMIN);
    expect(passed.status).toBe(503);
    expect(reason(passed)).toBe(
      `The OpenSearch behind the emulator does not answer at ${real.url}: ECONNREFUSED. It may still be starting.`,
    );
    expect((await call(emulator.url, "GET", `${ML}/models/nope`, undefined, ADMIN)).status).toBe(503);
  });
});
