import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../tools/toolchain/ollama-server";
import { type RunningOllama, startOllama } from "../support/ollama";
import { changes, Project, type Run } from "./support/project";
import { hasDocker, hasEngine, hasOllama, toolchain } from "./support/toolchain";

const NAME = `dies${process.pid}`;
const CONTAINER = `${NAME}-dev-chat-opensearch`;
/** Refused by the server's installer, and given behind the back of our own check. */
const WEAK = "Your-Passw0rd";
const STRONG = "Their-Passw0rd-4242";

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { OllamaChatStack } from "pulumi-ollama-chat";

const config = new pulumi.Config();
const script = config.get("script");
const weak = config.get("weak");
const password = config.require("password");

new OllamaChatStack("chat", {
  model: config.require("model"),
  ollama: { existing: { endpoint: config.require("ollama") }, endpointForOpenSearch: "http://ollama.invalid:11434" },
  opensearch: { image: config.require("image"), port: config.requireNumber("port"), adminPassword: password },
  transform: {
    openSearchContainer: (args) => {
      if (script) return { ...args, entrypoints: ["sh", "-c", script] };
      if (!weak) return args;
      const initial = /^OPENSEARCH_INITIAL_ADMIN_PASSWORD=.*/;
      const envs = pulumi.output(args.envs).apply((all) => (all ?? []).map((env) => env.replace(initial, "OPENSEARCH_INITIAL_ADMIN_PASSWORD=" + weak)));
      return { ...args, envs };
    },
    // The unit of this test is the container: no model is called.
    deployedModel: (args) => ({ ...args, probe: { enabled: false } }),
  },
});
`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();

describe.skipIf(!hasEngine || !hasDocker || !hasOllama)("a container that dies while it is waited for", () => {
  let ollama: RunningOllama;
  let project: Project;
  let config: Record<string, unknown>;

  const timed = async (extra: Record<string, unknown>): Promise<Run & { seconds: number }> => {
    project.configure({ ...config, ...extra });
    const started = performance.now();
    const run = await project.up();
    return { ...run, seconds: (performance.now() - started) / 1000 };
  };

  beforeAll(async () => {
    ollama = await startOllama();
    config = {
      model: toolchain?.chatModel,
      image: toolchain?.images?.opensearch,
      port: await freePort(),
      ollama: ollama.endpoint,
      password: STRONG,
    };
    project = await Project.ofTypeScript(NAME, PROGRAM, config);
  });

  afterAll(async () => {
    await project?.destroy();
    project?.remove();
    await ollama?.stop();
  });

  it("ends the up at once, with its name, its exit code and its last lines", async () => {
    const script =
      "for i in $(seq 40); do echo line $i; done; sleep 3; echo the last word is $OPENSEARCH_INITIAL_ADMIN_PASSWORD; exit 3";
    const run = await timed({ script });
    expect(run.code, run.output).not.toBe(0);
    const lines = Array.from({ length: 14 }, (_, i) => `    line ${27 + i}\n`).join("");
    expect(withoutMargin(run.output)).toContain(
      withoutMargin(
        `ContainerHealth "chat-opensearch-health": create failed: the container ${CONTAINER} ended with exit code 3 before it was healthy, and Docker starts it again and again. Its last lines:
${lines}    the last word is [secret]
  cause: Its program stopped; the lines above are its last output.
  fix: Fix what stopped it, and run pulumi up again. docker logs ${CONTAINER} shows its whole output.`,
      ),
    );
    expect(run.output).not.toContain(STRONG);
    expect(run.output).not.toContain("line 26\n");
    // Of the 300 that the wait may last; the rest is the engine's own.
    expect(run.seconds).toBeLessThan(120);
  });

  it("the container still comes back after the machine does", () => {
    expect(docker("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}}", CONTAINER)).toBe("unless-stopped");
  });

  it("a password that the real server refuses is told as such, and isn't shown", async () => {
    const run = await timed({ weak: WEAK });
    expect(run.code, run.output).not.toBe(0);
    expect(run.output).toContain("Password [secret] failed validation");
    expect(run.output).toContain("cause: OpenSearch's installer refuses the admin password.");
    expect(run.output).not.toContain(WEAK);
    expect(run.seconds).toBeLessThan(240);
  });

  it("put right, the next up makes all of it, and the one after changes nothing", async () => {
    const run = await timed({});
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toContain("create ContainerHealth");
    const again = await project.up();
    expect(again.code, again.output).toBe(0);
    expect(changes(again)).toEqual([]);
  });
});

/** The engine indents an error by as much as it likes. */
function withoutMargin(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}
