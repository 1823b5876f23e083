import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ENTRIES } from "../../../../providers/dynamic/stored-text";

const ROOT = join(__dirname, "..", "..", "..", "..");
const run = promisify(execFile);

/** Runs a script in a process of its own, with the package installed as a user's program finds it. */
async function printed(script: string): Promise<unknown> {
  expect(existsSync(join(ROOT, "dist", "lib.js")), "dist is missing: run npm run build").toBe(true);
  const { stdout, stderr } = await run(process.execPath, ["-e", script], { cwd: ROOT });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("the package as it is installed", () => {
  it("each stored text finds an object with the six methods", async () => {
    const found = await printed(`
      const entries = ${JSON.stringify(Object.values(ENTRIES))};
      const kinds = (path) => Object.entries(require("pulumi-ollama-chat/provider/" + path)).map(([k, v]) => k + " " + typeof v);
      console.log(JSON.stringify(Object.fromEntries(entries.map((path) => [path, kinds(path).sort()]))));`);
    const methods = ["check", "create", "delete", "diff", "read", "update"].map((name) => `${name} function`);
    expect(found).toStrictEqual(Object.fromEntries(Object.values(ENTRIES).map((path) => [path, methods])));
  });

  it("requiring it registers nothing, prints nothing and leaves nothing running", async () => {
    const found = await printed(`
      const pulumi = require("@pulumi/pulumi");
      const registered = [];
      const newResource = (args) => { registered.push(args.name); return { id: "x", state: {} }; };
      pulumi.runtime.setMocks({ newResource, call: () => ({}) });
      const lib = require("pulumi-ollama-chat");
      process.on("exit", () => console.log(JSON.stringify({ registered, classes: Object.keys(lib).filter((k) => /^[A-Z]/.test(k)).sort() })));`);
    expect(found).toMatchObject({ registered: [] });
    expect(found).toHaveProperty("classes", expect.arrayContaining([...Object.keys(ENTRIES), "OllamaChatStack"]));
  });

  it("a program loads no client of a server, because only the provider calls one", async () => {
    const found = await printed(`
      require("pulumi-ollama-chat");
      const packages = Object.keys(require.cache).map((file) => /node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1]);
      console.log(JSON.stringify(["@opensearch-project/opensearch", "ollama"].filter((name) => packages.includes(name))));`);
    expect(found).toStrictEqual([]);
  });
});
