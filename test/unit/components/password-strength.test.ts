import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { adminPasswordRule, requireStrongPassword, weakness } from "../../../components/password-strength";
import { newPassword } from "../../../tools/toolchain/demo/settings";
import judged from "./password-strengths.json";

const ROOT = join(__dirname, "..", "..", "..");
const uncommon = "Add another word or two. Uncommon words are better";
const similar = "This is similar to a commonly used password";
const named = "it contains the name of its user, admin, as it is, backwards or with digits for letters";

describe("a weak admin password", () => {
  it.each([
    ["", "it has fewer than 8 characters"],
    ["Sh0rt-1", "it has fewer than 8 characters"],
    ["Sh0rt-🔑", "it has fewer than 8 characters"],
    [
      "aB3-".repeat(25),
      'it is too easy to guess (Repeats like "abcabcabc" are only slightly harder to guess than "abc". Add another word or two. Uncommon words are better. Avoid repeated words and characters)',
    ],
    [`${"aB3-".repeat(25)}x`, "it has more than 100 characters"],
    ["Kx9-QwzrTb\nvq", "it has a line break"],
    ["Größe-Kx9-Qwzr", "it has a character outside ASCII, which OpenSearch's container reads as another"],
    ["lower-case-0nly", "it has no upper-case letter"],
    ["UPPER-CASE-0NLY", "it has no lower-case letter"],
    ["No-Digit-Here", "it has no digit"],
    ["NoSpecial1", "it has no special character"],
    ["nothing but words", "it has no upper-case letter and no digit"],
    [
      "Your-Passw0rd",
      `it is too easy to guess (${similar}. ${uncommon}. Capitalization doesn't help very much. Predictable substitutions like '@' instead of 'a' don't help very much)`,
    ],
    [
      "Passw0rd!",
      `it is too easy to guess (${similar}. ${uncommon}. Capitalization doesn't help very much. Predictable substitutions like '@' instead of 'a' don't help very much)`,
    ],
    ["Zq7!vKpw", `it is too easy to guess (${uncommon})`],
    ["Ciao_2025", `it is too easy to guess (${uncommon})`],
    ["Admin-tq9Wz!", named],
    ["Xy9!nimdA-Pq", named],
    [`Kx9-QwzrTb,${"vB4!mq".repeat(6)}-admin-Wq`, named],
  ])("%j is refused: %s", (password, reason) => {
    expect(weakness(password)).toBe(reason);
  });

  it("stops with component, reason and rule, without the password and without a stack", () => {
    const failure = thrownBy(() => requireStrongPassword("Your-Passw0rd", "chat"));
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect(failure).toHaveProperty(
      "message",
      `OllamaChatStack "chat": opensearch.adminPassword can't be used: it is too easy to guess (${similar}. ${uncommon}. Capitalization doesn't help very much. Predictable substitutions like '@' instead of 'a' don't help very much). It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.`,
    );
  });
});

/** The answers of `PasswordValidator` in opensearch-security 3.4.0.0 for `admin`, with the demo installer's settings. */
describe("is judged as the server does", () => {
  it.each(Object.entries(judged))(
    "passwords that the server judges as %s are judged the same",
    (verdict, passwords) => {
      const ours = passwords.map((password) => [password, verdictOf(weakness(password))]);
      expect(ours).toEqual(passwords.map((password) => [password, verdict]));
    },
  );

  it("but for straight rows of keys on a Japanese keyboard", () => {
    expect(weakness("Fghjkl;:]A1a")).toBeUndefined();
  });

  it("100 special characters within seconds", () => {
    const costly =
      "a1I.B]z$kX#ig8-&CKM%GO*ZX}i2sw=Lt_HuB!&f2[5,.[!{xy6f:qd+&]g:|9ItUY7BU7*:2{*2uIc$K&h@.I5-1aSbHI7;(CDz";
    expect(costly).toHaveLength(100);
    expect(weakness(costly)).toBeUndefined();
  });
});

it("the demo's generated passwords are taken", () => {
  expect(Array.from({ length: 50 }, newPassword).filter((password) => weakness(password) !== undefined)).toEqual([]);
});

/** `adminPassword: "…"`, `opensearchPassword '…'`, and whatever else has Passw0rd in it; dots stand for one. */
const SAMPLE = /(?:[Pp]assword(?:"|`)?[ :=]+|PASSWORD=)["'`]([^"'`\s….]+)["'`]|([\w-]+-Passw0rd[\w-]*)/g;

it("each sample password in what a user reads is taken", () => {
  const samples = documents().flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(SAMPLE)].map((match) => [file, match[1] ?? match[2] ?? ""]),
  );
  expect(samples.map(([file]) => file)).toEqual(expect.arrayContaining(["README.md", "Pulumi.dev.yaml"]));
  expect(samples.filter(([, password]) => weakness(password ?? "") !== undefined)).toEqual([]);
});

function documents(): string[] {
  const texts = /\.(md|ya?ml|js|ts|json)$/;
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => texts.test(file) && !file.includes("node_modules"))
      .map((file) => join(folder, file)),
  );
  return ["README.md", "Pulumi.yaml", "Pulumi.dev.yaml", "CONTRIBUTING.md", "program/config.ts", ...below];
}

function verdictOf(reason: string | undefined): string {
  if (reason === undefined) return "taken";
  if (reason === named) return "similar";
  if (reason.startsWith("it is too easy to guess")) return "weak";
  if (reason.startsWith("it has fewer")) return "short";
  return reason.startsWith("it has more") ? "long" : "kind";
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.unreachable(adminPasswordRule);
}
