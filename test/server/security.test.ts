import { describe, expect, it } from "vitest";
import { FAST_TIMINGS, startEmulator } from "../../emulator";
import { basic, call, ML, reason } from "./support";

const USERS = [
  { name: "admin", password: "se:cret" },
  { name: "reader", password: "r", roles: ["ml_read_access"] },
  { name: "bob", password: "b", roles: [] },
];

describe("users of an emulator without a server behind", () => {
  it("get 401 in plain text without or with wrong credentials, on every path", async () => {
    const emulator = await startEmulator({ users: USERS, timings: FAST_TIMINGS });
    for (const path of ["/", "/_cluster/health", `${ML}/models/nope`]) {
      for (const headers of [{}, basic("admin", "wrong"), basic("nobody", ""), { Authorization: "Bearer x" }]) {
        const reply = await call(emulator.url, "GET", path, undefined, headers);
        expect([reply.status, reply.text, reply.headers["content-type"]]).toEqual([
          401,
          "Unauthorized",
          "text/plain; charset=UTF-8",
        ]);
      }
    }
    expect((await call(emulator.url, "GET", "/", undefined, basic("admin", "se:cret"))).status).toBe(200);
    await emulator.close();
  });

  it("get what their roles allow: all, reading, nothing of ML", async () => {
    const emulator = await startEmulator({ users: USERS, timings: FAST_TIMINGS });
    const statuses = async (name: string, password: string) => {
      const read = await call(emulator.url, "GET", `${ML}/models/nope`, undefined, basic(name, password));
      const write = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name }, basic(name, password));
      return [read.status, write.status];
    };
    expect(await statuses("admin", "se:cret")).toEqual([404, 200]);
    expect(await statuses("reader", "r")).toEqual([404, 403]);
    expect(await statuses("bob", "b")).toEqual([403, 403]);
    const refused = await call(emulator.url, "POST", `${ML}/models/x/_predict`, {}, basic("bob", "b"));
    expect(reason(refused)).toBe(
      "no permissions for [cluster:admin/opensearch/ml/predict] and User [name=bob, backend_roles=[], requestedTenant=null]",
    );
    await emulator.close();
  });

  it("meet the marker on each answer, also on refusals", async () => {
    const emulator = await startEmulator({ users: USERS, profile: "3.7" });
    const refused = await call(emulator.url, "GET", "/");
    expect(refused.headers["x-ollama-chat-emulator"]).toBe("ml-commons 3.7.0");
    const root = await call(emulator.url, "GET", "/", undefined, basic("admin", "se:cret"));
    expect(root.json).toMatchObject({
      version: { distribution: "opensearch", number: "3.7.0", build_type: "emulator" },
    });
    await emulator.close();
  });
});
