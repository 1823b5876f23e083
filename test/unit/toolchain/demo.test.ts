import { describe, expect, it, vi } from "vitest";
import { madeByStack } from "../../../tools/toolchain/demo/leftovers";
import { forgetOwnPassphrase, projectCopy } from "../../../tools/toolchain/demo/settings";
import { whatCannotRun } from "../../../tools/toolchain/test-run";

describe("projectCopy", () => {
  it("changes nothing but the program's path, as it is seen from the demo's folder", () => {
    const project = "name: pulumi-ollama-chat\nmain: dist/index.js\nconfig:\n  main: x\n";
    expect(projectCopy(project)).toBe("name: pulumi-ollama-chat\nmain: ../dist/index.js\nconfig:\n  main: x\n");
  });
});

describe("madeByStack", () => {
  it("lists what has an id on a server, and neither the stack nor providers", () => {
    const resources = [
      { urn: "u1", type: "pulumi:pulumi:Stack" },
      { urn: "u2", type: "pulumi:providers:docker", id: "p" },
      { urn: "u3", type: "ollamachat:index:OllamaChatStack" },
      { urn: "u4", type: "docker:index/volume:Volume", id: "chat-demo-ollama" },
    ];
    expect(madeByStack(JSON.stringify({ deployment: { resources } }))).toEqual([
      { type: "docker:index/volume:Volume", id: "chat-demo-ollama" },
    ]);
  });

  it("is empty for an emptied stack", () => {
    expect(madeByStack(JSON.stringify({ version: 3, deployment: { manifest: {} } }))).toEqual([]);
  });
});

describe("whatCannotRun", () => {
  const selection = { nodeFolder: "/n", pulumiFolder: "/p", chatModel: "m" };

  it("is nothing on a machine that has everything", () => {
    expect(whatCannotRun(selection)).toEqual([]);
  });

  it("names each kind of test with its reason", () => {
    expect(whatCannotRun({ ...selection, noDocker: "No root.", noOllama: "No Go.", noBrowser: "No apt." })).toEqual([
      "the stack in Docker. No root.",
      "the stack on existing servers. No Go.",
      "the page in a browser. No apt.",
    ]);
  });
});

describe("the demo's own passphrase", () => {
  it("is not beaten by one that the user has in the environment for another stack", () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "of another stack");
    forgetOwnPassphrase();
    expect(process.env.PULUMI_CONFIG_PASSPHRASE).toBeUndefined();
    vi.unstubAllEnvs();
  });
});
