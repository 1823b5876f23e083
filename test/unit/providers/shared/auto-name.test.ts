import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { autoName, ownerDescription, ownerHash, SAFE_TEXT, withAutoName } from "../../../../providers/shared/auto-name";
import { canonicalJson, changedKeys, pick, shortHash } from "../../../../providers/shared/compare";

const OWNER =
  "urn:pulumi:dev::chat::ollamachat:index:OllamaChatStack$pulumi-nodejs:dynamic/ollamachat:ModelGroup::chat-group";

describe("names made for the server", () => {
  it("hold the resource's name and a hash of its owner", () => {
    expect(autoName(OWNER)).toBe(`chat-group-${ownerHash(OWNER).slice(0, 8)}`);
    expect(ownerHash(OWNER)).toMatch(/^[0-9a-f]{12}$/);
    expect(ownerDescription(OWNER)).toBe("Managed by Pulumi: chat-group of chat/dev");
  });

  it("differ between stacks", () => {
    expect(autoName(OWNER.replace(":dev:", ":prod:"))).not.toBe(autoName(OWNER));
  });

  it.each([
    ["a space", " ", true],
    ["a tab", "\t", true],
    ["a vertical tab", "\v", true],
    ["a no-break space", "\u00a0", false],
    ["an ideographic space", "\u3000", false],
    ["a narrow no-break space", "\u202f", false],
    ["a line separator", "\u2028", false],
    ["a byte order mark", "\ufeff", false],
  ])("%s is judged as Java's \\s does", (_what, character, isSafe) => {
    expect(SAFE_TEXT.test(`our${character}group`)).toBe(isSafe);
    const made = autoName(OWNER.replace("chat-group", `chat${character}group`));
    expect(made.startsWith(isSafe ? `chat${character}group-` : "chat-group-")).toBe(true);
  });

  it("hold only what the server accepts, whatever the resource is called", () => {
    const name = fc.string({ minLength: 1, unit: "binary" }).filter((text) => !text.includes("::"));
    fc.assert(
      fc.property(name, name, name, (stack, project, resource) => {
        const owner = `urn:pulumi:${stack}::${project}::t::${resource}`;
        return SAFE_TEXT.test(autoName(owner)) && SAFE_TEXT.test(ownerDescription(owner));
      }),
    );
  });
});

describe("withAutoName", () => {
  it("the program's own words win", () => {
    const news = { name: "n", description: "d", owner: OWNER };
    expect(withAutoName(news, { name: "old", description: "old" })).toStrictEqual(news);
  });

  it("then those in use: a renamed stack does not rename the object", () => {
    expect(withAutoName({ owner: OWNER }, { name: "old", description: "old d" })).toStrictEqual({
      owner: OWNER,
      name: "old",
      description: "old d",
    });
  });

  it("then a name made from the owner", () => {
    expect(withAutoName({ owner: OWNER }, {})).toStrictEqual({ owner: OWNER, name: autoName(OWNER) });
  });

  it("none without an owner", () => {
    expect(withAutoName({ x: 1 } as object, {})).toStrictEqual({ x: 1 });
  });
});

describe("hashes", () => {
  it("do not depend on the order of keys", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(shortHash({ a: 1, b: 2 })).toBe(shortHash({ b: 2, a: 1 }));
    expect(shortHash({ a: 1 })).toMatch(/^[0-9a-f]{16}$/);
    expect(shortHash([1, 2])).not.toBe(shortHash([2, 1]));
  });
});

describe("changedKeys", () => {
  it("names what differs, nested values by what they hold, and never the owner", () => {
    const olds = { a: { x: [1] }, b: 1, owner: "one" };
    const news = { a: { x: [1] }, b: 2, c: 3, owner: "two" };
    expect(changedKeys(olds, news, ["a", "b", "c", "d", "owner"])).toStrictEqual(["b", "c"]);
  });

  it("a key that is undefined equals one that is missing", () => {
    expect(changedKeys({ a: undefined }, {}, ["a"])).toStrictEqual([]);
  });
});

describe("pick", () => {
  it("takes what is set", () => {
    expect(pick({ a: 1, b: undefined, c: 3 } as Record<string, unknown>, ["a", "b"])).toStrictEqual({ a: 1 });
  });
});
