import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { repository } from "../support/documents/document";
import { wholeLife } from "./deployer-life";
import { eachInItsOwnWorld, failureOf, PASSWORD } from "./lifecycle-support";
import { SECURITY, shown } from "./security-support";

const world = eachInItsOwnWorld({ kind: "secured" });

const roleSchema = z.strictObject({
  description: z.string(),
  cluster_permissions: z.array(z.string()),
  index_permissions: z.tuple([
    z.strictObject({ index_patterns: z.tuple([z.literal("chat-*")]), allowed_actions: z.array(z.string()) }),
  ]),
});
const text = readFileSync(join(repository, "docs", "roles", "deployer.json"), "utf8");
const { description, cluster_permissions: onCluster, index_permissions } = roleSchema.parse(JSON.parse(text));
const [{ index_patterns, allowed_actions: onIndices }] = index_permissions;

/** Each right takes a life of its own, minutes in all, so `npm test` tries one of a kind and `npm run test:all` all. */
const TRIED = process.env.TEST_ALL === "1" ? [...onCluster, ...onIndices] : [onCluster[0] ?? "", onIndices[0] ?? ""];

/** A user with the document's rights, without one of them where that is named. */
async function deployer(without?: string) {
  const left = (rights: readonly string[]) => rights.filter((right) => right !== without);
  await world().api("PUT", `${SECURITY}/roles/t-deployer`, {
    description,
    cluster_permissions: left(onCluster),
    index_permissions: [{ index_patterns, allowed_actions: left(onIndices) }],
  });
  // Made once: a password takes the server a while.
  if (Object.keys(await shown(world(), "internalusers", "t-deployer")).length === 0) {
    const user = { password: PASSWORD, opendistro_security_roles: ["t-deployer"] };
    await world().api("PUT", `${SECURITY}/internalusers/t-deployer`, user);
  }
  return { ...world().connection, username: "t-deployer" };
}

describe("docs/roles/deployer.json", () => {
  it("is enough: settings, group, connectors, model and index are made, read, changed, healed and deleted", async () => {
    await wholeLife(world(), await deployer(), "chat-documents");
    for (const kind of ["models", "connectors", "model_groups"] as const) expect(await world().count(kind)).toBe(0);
    expect(await world().persistent()).toStrictEqual({});
    expect(await world().api("GET", "/chat-documents")).toMatchObject({ status: 404 });
  });

  it.each(TRIED)("holds no more: without %s the life breaks off, for want of it", async (right) => {
    const failure = await failureOf(wholeLife(world(), await deployer(right), "chat-documents"));
    expect(failure.message).toContain(`no permissions for [${right.replace("*", "")}`);
  });

  it("does not reach an index of another name", async () => {
    const failure = await failureOf(wholeLife(world(), await deployer(), "other-documents"));
    expect(failure.message).toContain("no permissions for [indices:admin/get]");
  });
});
