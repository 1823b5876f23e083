import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { symptomOf } from "../../diagnosis/diagnose";
import { commandLine } from "../support/command-line";
import { ADMIN_PASSWORD } from "../support/opensearch/address";
import { type RagWorld, startRagWorld } from "./rag-support";

const SECURITY = "/_plugins/_security/api";
const ON_INDEX = { reader: ["read", "indices:admin/get", "indices:admin/refresh*"], writer: ["crud", "manage"] };

let world: RagWorld;
beforeAll(async () => {
  world = await startRagWorld({ kind: "secured" });
  await world.renew();
  world.write("ships.md", "# Ships\n\nSkarv carries cranes.\n");
  for (const [name, allowed_actions] of Object.entries(ON_INDEX)) {
    await world.api("PUT", `${SECURITY}/roles/${name}`, {
      cluster_permissions: ["cluster_composite_ops"],
      index_permissions: [{ index_patterns: ["passages"], allowed_actions }],
    });
    await user(name, [name]);
  }
  await user("stranger", []);
});
afterAll(() => world.stop());

async function user(name: string, roles: readonly string[]): Promise<void> {
  const opendistro_security_roles = ["ml_full_access", ...roles];
  await world.api("PUT", `${SECURITY}/internalusers/${name}`, { password: ADMIN_PASSWORD, opendistro_security_roles });
}

const rag = (name: string, ...args: string[]) =>
  commandLine(["rag", ...args], { environment: { ...world.environment, OLLAMA_CHAT_OPENSEARCH_USERNAME: name } });

describe("the rights that retrieval needs", () => {
  it("are named to who lacks them", async () => {
    const { code, err } = await rag("stranger", "search", "Which ship carries cranes?");
    const { cause, fix } = symptomOf("index-rights");
    expect([code, err]).toEqual([
      1,
      `error: GET /passages answered 403 security_exception: no permissions for [indices:admin/get] and User [name=stranger, backend_roles=[], requestedTenant=null]\n  cause: ${cause}\n  fix: ${fix}\n`,
    ]);
  });

  it("are enough as they are named: to ingest", async () => {
    const { code, err } = await rag("writer", "ingest", world.folder);
    expect(code, err).toBe(0);
  });

  it.each([["status"], ["search", "Which ship carries cranes?"], ["ask", "Which ship carries cranes?"]])(
    "and for %s",
    async (...args) => {
      const { code, err } = await rag("reader", ...args);
      expect(code, err).toBe(0);
    },
  );
});
