import { describe, expect, it } from "vitest";
import { explained } from "../../../../providers/shared/explain";
import type { Lifecycle } from "../../../../providers/shared/lifecycle";

type Inputs = { readonly owner: string; readonly key?: string };

const fails = (text: string): Lifecycle<Inputs, Inputs> => {
  const refuse = () => Promise.reject(new Error(text));
  return {
    check: (news) => ({ inputs: news as Inputs, failures: [{ property: "key", reason: text }] }),
    diff: () => ({ changes: false }),
    create: refuse,
    read: refuse,
    update: refuse,
    delete: refuse,
  };
};

const subject = (text: string) => explained("Thing", fails(text), (properties) => [(properties as Inputs).key]);
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "it succeeded",
    (error: Error) => error.message,
  );

describe("an error of one resource", () => {
  it("shows no secret of another that only its check saw", async () => {
    subject("").check({ owner: "urn::other", key: "canary-in-a-check" }, {});
    expect(
      await messageOf(subject("the model server says canary-in-a-check").create({ owner: "urn::mine" })),
    ).toContain('Thing "mine": create failed: the model server says [secret]');
  });

  it("shows no secret of another that was made, read, changed or deleted before", async () => {
    for (const operation of ["create", "read", "update", "delete"] as const) {
      const key = `canary-in-${operation}`;
      const other = subject("refused");
      const properties = { owner: "urn::other", key };
      const run = {
        create: () => other.create(properties),
        read: () => other.read("id", properties),
        update: () => other.update("id", { owner: "urn::other" }, properties),
        delete: () => other.delete("id", properties),
      };
      await messageOf(run[operation]());
      expect(await messageOf(subject(`echo: ${key}`).create({ owner: "urn::mine" }))).toContain("echo: [secret]");
    }
  });

  it("shows none of its own in the reason of a failing check", () => {
    const { failures } = subject("key is canary-of-a-reason: must be short").check(
      { owner: "urn::mine", key: "canary-of-a-reason" },
      {},
    );
    expect(failures).toStrictEqual([{ property: "key", reason: "key is [secret]: must be short" }]);
  });
});
