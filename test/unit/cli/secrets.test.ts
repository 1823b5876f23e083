import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandLine } from "../../support/command-line";

const PASSWORD = "Canary 7531/Passw0rd";
const bare = PASSWORD.replace(" ", "-");
const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A `pulumi` that ends so. */
const pulumi = (lines: readonly string[]): NodeJS.ProcessEnv => {
  writeFileSync(join(folder, "pulumi"), ["#!/bin/sh", ...lines].join("\n"), { mode: 0o755 });
  return { PATH: `${folder}:/usr/bin:/bin` };
};

type Row = readonly [what: string, args: readonly string[], environment?: NodeJS.ProcessEnv];

const ROWS: readonly Row[] = [
  ["a URL with a password", ["ask", "x", "--opensearch", `https://u:${bare}@host/x`]],
  ["one whose password needs quoting", ["ask", "x", "--opensearch", `https://u:${PASSWORD}@host/x`]],
  ["one without its scheme", ["chat", "--ollama", `u:${bare}@host:11434`]],
  ["one with a slash too few", ["models", "--ollama", `http:/u:${PASSWORD}@host`]],
  ["one without its host", ["models", "--ollama", `http://u:${PASSWORD}`]],
  ["one with a key in its query", ["models", "--ollama", `http://host?api_key=${bare}`]],
  ["--json", ["ask", "x", "--json", "--opensearch", `https://u:${bare}@host/x`]],
  ["doctor", ["doctor", "--opensearch", `https://u:${bare}@host/x`]],
  ["variables", ["rag", "status"], { OLLAMA_CHAT_OPENSEARCH_ENDPOINT: `https://u:${bare}@host` }],
  ["another variable", ["ask", "x"], { OLLAMA_CHAT_OLLAMA_ENDPOINT: `http://u:${bare}@host?` }],
  ["a user with a password", ["ask", "x", "--opensearch", "https://h", "--username", `u:${PASSWORD}`]],
  [
    "the password in place of its variable",
    ["ask", "x", "--opensearch", "https://h", "--username", "u", "--password-env", bare],
  ],
  ["a flag that does not exist", ["ask", "x", `--password=${bare}`]],
  ["the same with --json", ["ask", "x", "--json", `--opensearch-token=${bare}`]],
  ["a backend's URL", ["ask", "x"], pulumi([`echo "error: cannot open postgres://u:${bare}@db/x" >&2`, "exit 255"])],
];

describe("no refusal repeats what may hold a secret", () => {
  const rows = ROWS.map(([what, args, environment = {}]) => ({ what, args, environment }));
  it.each(rows)("$what is not repeated", async ({ args, environment }) => {
    const path = environment.PATH ?? folder;
    const { code, out, err } = await commandLine(args, { environment: { ...environment, PATH: path } });
    expect(code).toBeGreaterThan(1);
    expect(out + err).not.toMatch(/Canary|7531|Passw0rd/);
    expect(out + err).toContain("[secret]");
  });

  it("and says what a variable is for, where the password was given in its place", async () => {
    const args = ["ask", "x", "--opensearch", "https://h", "--username", "u", "--password-env", bare];
    expect((await commandLine(args)).err).toBe(
      [
        "error: There is no password for OpenSearch's user u: the variable [secret] is not set.",
        "  cause: Passwords are never taken from the command line, where every process list shows them.",
        "  fix: Give the name of a variable, such as OPENSEARCH_PASSWORD, and the password in it.",
        "",
      ].join("\n"),
    );
  });

  it("and tells the rest, so that it can be found", async () => {
    const { err } = await commandLine(["ask", "x", "--opensearch", `https://u:${PASSWORD}@host/x`]);
    expect(err).toBe(
      [
        'error: --opensearch is "https://[secret]@host/x": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200.',
        "  cause: The flag --opensearch, or the variable OLLAMA_CHAT_OPENSEARCH_ENDPOINT, says so.",
        "  fix: Correct it; ollama-chat --help shows all of them.",
        "",
      ].join("\n"),
    );
    expect((await commandLine(["ask", "x", "--opensearch", "https://h", "--username", `u:${PASSWORD}`])).err).toContain(
      'error: --username is "u:[secret]": must be the user alone, without a colon; the password is a separate input.\n',
    );
  });
});

describe("a stack's output that holds a password", () => {
  it.each(["opensearchEndpoint", "ollamaEndpoint"])("is refused by its name, %s, and not repeated", async (name) => {
    const outputs = { opensearchEndpoint: "https://h:9200", [name]: `https://u:${bare}@h` };
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputs));
    const environment = pulumi([`cat "${folder}/outputs.json"`]);
    const { code, out, err } = await commandLine(["models"], { environment });
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain(`error: The stack's output ${name} is "https://[secret]@h": must be an http://`);
  });
});
