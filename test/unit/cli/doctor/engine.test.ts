import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineChecks } from "../../../../cli/commands/doctor/checks/engine";
import { thisMachine } from "../../../../cli/commands/doctor/machine";
import { type CheckResult, runChecks } from "../../../../cli/commands/doctor/run-checks";
import { Scene } from "../../../../cli/commands/doctor/scene";
import { symptomOf } from "../../../../diagnosis/diagnose";
import { DockerDouble } from "../../../server/doctor/docker-double";
import { CommandLine } from "../../../support/command-line";

const GROUP = "pulumi-nodejs:dynamic/ollamachat:ModelGroup";
const NETWORK = "ollamachat:index:OllamaChatStack$docker:index/network:Network";

let folder: string;
let backend: string;
let backendUrl: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-checks-"));
  backend = join(folder, "of mine");
  says("stack --show-name", "organization/chat/dev\n");
  says("stack export", state());
  backendUrl = `file://${backend}?no_tmp_dir=true`;
  const script = `#!/bin/sh\ncd "${folder}"\ncat "$1 $2" 2>/dev/null || { cat "$1 $2 refused" >&2; exit 255; }\n`;
  writeFileSync(join(folder, "pulumi"), script);
  chmodSync(join(folder, "pulumi"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the double of `pulumi` answers to a command. */
function says(command: string, text: string): void {
  writeFileSync(join(folder, command), text);
}

function refuses(command: string, text: string): void {
  rmSync(join(folder, command), { force: true });
  writeFileSync(join(folder, `${command} refused`), `error: ${text}\n`);
}

function state(pending: readonly [doing: string, type: string, name: string][] = []): string {
  const operations = pending.map(([type, resourceType, name]) => ({
    type,
    resource: { urn: `urn:pulumi:dev::chat::${resourceType}::${name}`, inputs: { password: "canary" } },
  }));
  return JSON.stringify({ version: 3, deployment: { pending_operations: operations } });
}

function inBackend(file: string, text: string): string {
  const path = join(backend, ".pulumi", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function lockedBy(pid: number, machine = hostname()): void {
  const lock = { pid, username: "me", hostname: machine, timestamp: "2026-11-29T09:05:54.5985595Z" };
  inBackend(`locks/organization/chat/dev/${pid}.json`, JSON.stringify(lock));
}

/** Of a process that has ended. */
function formerPid(): number {
  return spawnSync("true").pid;
}

const environment = () => ({
  PATH: `${folder}:/usr/bin:/bin`,
  DOCKER_HOST: "npipe:////./pipe/docker_engine",
  PULUMI_BACKEND_URL: backendUrl,
});

async function found(): Promise<CheckResult[]> {
  const access = { source: "test", api: "generate", stack: {} };
  return await runChecks(engineChecks, new Scene(access, thisMachine(environment()), 5));
}

const lines = (results: readonly CheckResult[]) => results.map(({ id, status, seen }) => `${id} ${status}: ${seen}`);
const one = (results: readonly CheckResult[], id: string) => results.find((result) => result.id === id);

describe("doctor on the stack itself", () => {
  it("finds nothing where nothing was cut off", async () => {
    expect(lines(await found())).toEqual([
      "stack-state ok: organization/chat/dev",
      "stack-lock ok: not locked",
      "stack-pending ok: none",
      "stack-left-overs skipped: not looked at: npipe:////./pipe/docker_engine cannot be asked directly",
    ]);
  });

  it("looks for what was left in the Dockers that the state names, whatever DOCKER_HOST says", async () => {
    const docker = await new DockerDouble().start();
    docker.containers.set("p-dev-chat-ollama", { port: 11434 });
    const provider = { type: "pulumi:providers:docker", urn: "urn:gpu", id: "1", inputs: { host: docker.host } };
    says("stack export", JSON.stringify({ version: 3, deployment: { resources: [provider] } }));
    const results = await found();
    await docker.stop();
    expect(one(results, "stack-left-overs")).toMatchObject({
      status: "warn",
      seen: "the state does not know p-dev-chat-ollama",
    });
    expect(one(await found(), "stack-left-overs")).toMatchObject({ seen: "Docker does not answer" });
  });

  it("looks at none where flags name the servers", async () => {
    const access = { source: "flags and environment", api: "generate" };
    const results = await runChecks(engineChecks, new Scene(access, thisMachine(environment()), 5));
    const reason = "no stack is read: flags or variables name the servers";
    expect(results.map(({ status, seen }) => [status, seen])).toEqual(results.map(() => ["skipped", reason]));
  });

  it("names cut-off operations, and none of their inputs", async () => {
    says(
      "stack export",
      state([
        ["creating", GROUP, "chat-group"],
        ["deleting", NETWORK, "chat-network"],
      ]),
    );
    const results = await found();
    expect(one(results, "stack-pending")).toMatchObject({
      status: "warn",
      seen: "creating ModelGroup chat-group, deleting Network chat-network",
      fix: symptomOf("pending-operations").fix,
    });
    expect(JSON.stringify(results)).not.toContain("canary");
  });
});

describe("a lock", () => {
  it("is a left-over where its process has ended, and what was cut off is told too", async () => {
    const pid = formerPid();
    lockedBy(pid);
    says("stack export", state([["creating", GROUP, "chat-group"]]));
    const results = await found();
    expect(one(results, "stack-lock")).toMatchObject({
      status: "warn",
      symptom: "stack-locked",
      seen: `locked by process ${pid} of me on ${hostname()}, since 2026-11-29T09:05:54Z, which is not there any more`,
    });
    expect(one(results, "stack-pending")?.status).toBe("warn");
  });

  it("of a process that runs is none, and nothing else of the stack is judged meanwhile", async () => {
    lockedBy(formerPid());
    lockedBy(process.pid);
    says("stack export", state([["creating", GROUP, "chat-group"]]));
    const reason = `a pulumi works on it: process ${process.pid} of me on ${hostname()}, since 2026-11-29T09:05:54Z`;
    expect(lines(await found()).slice(1)).toEqual([
      `stack-lock skipped: ${reason}`,
      `stack-pending skipped: ${reason}`,
      `stack-left-overs skipped: ${reason}`,
    ]);
  });

  it("of another machine is told, and not judged", async () => {
    lockedBy(7, "build-server");
    expect(one(await found(), "stack-lock")).toMatchObject({
      status: "warn",
      seen: "locked by process 7 of me on build-server, since 2026-11-29T09:05:54Z",
    });
  });

  it("cannot be seen where the backend is no folder; the rest can", async () => {
    backendUrl = "s3://bucket";
    says("stack export", state([["updating", GROUP, "chat-group"]]));
    const results = await found();
    expect(one(results, "stack-lock")).toMatchObject({
      status: "skipped",
      seen: "not looked at: the backend is no folder of this machine",
    });
    expect(one(results, "stack-pending")?.seen).toBe("updating ModelGroup chat-group");
  });
});

describe("a state that cannot be read", () => {
  it("names the empty file of attributes, and gives the command for it", async () => {
    refuses("stack export", "failed to load checkpoint: EOF");
    inBackend("stacks/chat/fine.json.attrs", "{}");
    inBackend("stacks/chat/dev.json.bak.attrs", "");
    const attributes = inBackend("stacks/chat/dev.json.attrs", "");
    const [result] = await found();
    expect(result).toMatchObject({
      status: "fail",
      symptom: "checkpoint-attributes",
      seen: `failed to load checkpoint: EOF; ${attributes} cannot be read`,
      fix: `Remove it: rm '${attributes.replace(".json.attrs", "")}'.json.attrs. Then run pulumi cancel --yes and pulumi up --yes.`,
    });
  });

  it("names the damaged state, and gives the command for its copy", async () => {
    refuses("stack export", "failed to load checkpoint: place 1: unexpected end of JSON input");
    const file = inBackend("stacks/chat/dev.json", '{"version":3,');
    const stack = `'${file.replace(".json", "")}'`;
    expect((await found())[0]).toMatchObject({
      status: "fail",
      symptom: "checkpoint-damaged",
      seen: `failed to load checkpoint: place 1: unexpected end of JSON input; ${file} cannot be read`,
      fix: `Restore it: cp ${stack}.json.bak ${stack}.json. Then run pulumi cancel --yes and pulumi up --yes.`,
    });
  });

  it("in a backend that is no folder keeps the general words", async () => {
    refuses("stack export", "failed to load checkpoint: EOF");
    backendUrl = "s3://bucket";
    expect((await found())[0]).toMatchObject({
      status: "fail",
      seen: "failed to load checkpoint: EOF",
      fix: symptomOf("checkpoint-attributes").fix,
    });
  });

  it("for another reason is no finding of these checks", async () => {
    refuses("stack export", "incorrect passphrase");
    expect((await found())[0]).toMatchObject({ status: "skipped", seen: "incorrect passphrase" });
    says("stack export", "a new version is out");
    expect((await found())[0]).toMatchObject({
      status: "skipped",
      seen: "pulumi stack export answers in a form that is not understood",
    });
  });
});

describe("doctor where the outputs cannot be read", () => {
  const doctor = async () => {
    const { code, out } = await new CommandLine(["doctor", "--json"], { environment: environment() }).ended;
    return { code, results: JSON.parse(out) as CheckResult[] };
  };

  it("tells what a killed first up left", async () => {
    says("stack output", "{}");
    lockedBy(formerPid());
    says("stack export", state([["creating", GROUP, "chat-group"]]));
    const { code, results } = await doctor();
    expect(code).toBe(4);
    expect(results.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "stack-outputs fail",
      "stack-lock warn",
      "stack-pending warn",
    ]);
  });

  it("tells once that the state is damaged, with the file", async () => {
    for (const command of ["stack output", "stack export"]) refuses(command, "failed to load checkpoint: EOF");
    const file = inBackend("stacks/chat/dev.json.attrs", "");
    const { code, results } = await doctor();
    expect(code).toBe(4);
    expect(lines(results)).toEqual([
      "stack-outputs skipped: waits for: state",
      `stack-state fail: failed to load checkpoint: EOF; ${file} cannot be read`,
    ]);
  });
});
