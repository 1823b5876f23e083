import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BACKEND_LABEL, backendMark, retainedVolume } from "../../../components/retained-volume";
import { STACK_LABEL } from "../../../components/stack-label";

interface Volume {
  readonly Name: string;
  readonly Labels: Record<string, string>;
  readonly used: boolean;
}

let folder: string;
let server: Server;
let all: Volume[];
let warned: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "retained-volume-"));
  all = [];
  warned = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => {
    warned.push(text);
  });
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "shop", "new");
  // A `pulumi` that knows these stacks of the project.
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho '[{"name":"new"},{"name":"other"}]'\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  server = createServer((request, response) => {
    const filters = JSON.parse(
      new URL(request.url ?? "", "http://docker").searchParams.get("filters") ?? "{}",
    ) as object;
    const found = all.filter(({ used }) => !("dangling" in filters) || !used);
    response.end(JSON.stringify({ Volumes: found.length === 0 ? null : found }));
  });
  await new Promise<void>((listening) => server.listen(join(folder, "docker.sock"), listening));
});

afterEach(() => {
  server.close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const nameFor = (stack: string) => `shop-${stack}-chat-opensearch`;

/** A volume of a stack; of this backend unless it says otherwise. */
function volumeOf(stack: string, options: { used?: boolean; backend?: string | null; Name?: string } = {}): Volume {
  const { used = false, backend = backendMark(), Name = nameFor(stack) } = options;
  const label: Record<string, string> = backend === null ? {} : { [BACKEND_LABEL]: backend };
  return { Name, Labels: { ...label, [STACK_LABEL]: `shop/${stack}` }, used };
}

const found = async (...volumes: Volume[]) => {
  all = volumes;
  const docker = { address: `unix://${join(folder, "docker.sock")}` };
  return await retainedVolume({ component: "chat", argument: "opensearch.volume", docker, nameFor });
};

describe("the volume of a stack that was renamed", () => {
  it("is used again once it was destroyed, and said to be so", async () => {
    expect(await found(volumeOf("old"))).toBe("shop-old-chat-opensearch");
    expect(warned).toEqual([
      'OllamaChatStack "chat": the volume shop-old-chat-opensearch is used again. It was kept when the stack shop/old was destroyed, and this project has no stack of that name any more. To start with an empty volume, set opensearch.volume to a new name.',
    ]);
  });

  it.each<readonly [string, Volume[]]>([
    ["it has a volume of its own name", [volumeOf("new", { used: true }), volumeOf("old")]],
    ["the other stack still exists", [volumeOf("other")]],
    ["a container has it", [volumeOf("old", { used: true })]],
    ["it is of another backend", [volumeOf("old", { backend: "00000000" })]],
    ["it is of another component", [volumeOf("old", { Name: "shop-old-search-opensearch" })]],
    ["there is none", []],
  ])("is not where %s", async (_why, volumes) => {
    expect(await found(...volumes)).toBe("shop-new-chat-opensearch");
    expect(warned).toEqual([]);
  });

  it.each<readonly [string, Volume[], string]>([
    ["two are left", [volumeOf("old"), volumeOf("older")], "shop-old-chat-opensearch, shop-older-chat-opensearch"],
    [
      "an earlier release made it, which noted no backend",
      [volumeOf("old", { backend: null })],
      "shop-old-chat-opensearch",
    ],
  ])("is only named where %s", async (_why, volumes, names) => {
    expect(await found(...volumes)).toBe("shop-new-chat-opensearch");
    expect(warned).toEqual([
      `OllamaChatStack "chat": the volume shop-new-chat-opensearch is new and empty. Volumes are left of stacks that this project no longer has: ${names}. To use the data in one of them, set opensearch.volume to its name.`,
    ]);
  });

  it("a Docker that can't be asked is no error", async () => {
    const asked = { component: "chat", argument: "opensearch.volume", nameFor };
    for (const address of ["npipe:////./pipe/docker_engine", "unix:///nonexistent"]) {
      expect(await retainedVolume({ ...asked, docker: { address } })).toBe("shop-new-chat-opensearch");
    }
  });
});
