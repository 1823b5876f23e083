import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { StackSelection } from "../../cli/access/pulumi";
import { readSelection } from "../../tools/toolchain/selection";

export interface ImportedStack {
  readonly stack: StackSelection;
  /** Variables that lead `pulumi` to it. */
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

const OURS = "pulumi-nodejs:dynamic/ollamachat:";

/** Name, type, and the names of what it needs, as in a stack in Docker. */
const RESOURCES = [
  ["certificate", `${OURS}TlsCertificate`, []],
  ["network", "docker:index/network:Network", []],
  ["ollama-image", "docker:index/remoteImage:RemoteImage", []],
  ["opensearch-image", "docker:index/remoteImage:RemoteImage", []],
  ["ollama", "docker:index/container:Container", ["ollama-image", "network"]],
  ["opensearch", "docker:index/container:Container", ["opensearch-image", "network", "certificate"]],
  ["ollama-health", `${OURS}ContainerHealth`, ["ollama"]],
  ["opensearch-health", `${OURS}ContainerHealth`, ["opensearch"]],
  ["chat-model", `${OURS}OllamaModel`, ["ollama-health", "ollama"]],
  ["settings", `${OURS}ClusterSetting`, ["opensearch-health", "opensearch"]],
  ["group", `${OURS}ModelGroup`, ["settings"]],
  ["connector", `${OURS}Connector`, ["settings"]],
  ["model", `${OURS}DeployedModel`, ["group", "connector", "chat-model"]],
] as const;

/** A stack of Pulumi's own, whose state was written by hand: there is nothing behind its resources. */
export function importedStack(): ImportedStack {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-stack-"));
  const backend = join(folder, "backend");
  mkdirSync(backend);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: chat\nruntime: nodejs\n");
  const environment = {
    ...process.env,
    PATH: [readSelection()?.pulumiFolder, process.env.PATH].join(delimiter),
    // Other stacks' containers on this machine are none of its.
    DOCKER_HOST: `unix://${join(folder, "no-docker.sock")}`,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
  };
  const run = (...args: string[]) =>
    execFileSync("pulumi", [...args, "--cwd", folder], { env: environment, stdio: "pipe" });
  run("stack", "init", "dev", "--non-interactive");
  const file = join(folder, "state.json");
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest: {}, resources: resources() } }));
  run("stack", "import", "--file", file, "--non-interactive");
  return {
    stack: { stack: "dev", folder },
    environment,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function resources() {
  const root = "urn:pulumi:dev::chat::pulumi:pulumi:Stack::chat-dev";
  const urnOf = (name: string) => {
    const [, type] = RESOURCES.find(([own]) => own === name) ?? [];
    return `urn:pulumi:dev::chat::${type}::chat-${name}`;
  };
  return [
    { urn: root, custom: false, type: "pulumi:pulumi:Stack" },
    ...RESOURCES.map(([name, type, needs]) => ({
      urn: urnOf(name),
      custom: true,
      id: name,
      type,
      parent: root,
      dependencies: needs.map(urnOf),
    })),
  ];
}
