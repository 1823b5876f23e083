import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { traceRecord } from "../../../clients/trace-record";
import { bootParts } from "../../../tools/bench/support/boot-parts";
import { keyDerivationMilliseconds, startParts } from "../../../tools/bench/support/start-parts";
import { asOwnProject, countResources, stateBytes } from "../../../tools/bench/support/state-size";
import { packageRoot } from "../../../tools/toolchain/package-root";

const seen = (command: string, startMs: number) => ({ pid: startMs, command, startMs, peakRssBytes: 1 });
const record = (fields: object) => traceRecord.parse({ v: 1, pid: 1, durationMs: 0, rssBytes: 1, ...fields });

describe("startParts", () => {
  const processes = [
    seen("pulumi up --yes", 1000),
    seen("/bin/pulumi-language-nodejs 127.0.0.1:1", 1100),
    seen("/bin/pulumi-language-nodejs 127.0.0.1:2", 1300),
    seen("node run --query-mode false ours.js", 1350),
    seen("node /x/cmd/dynamic-provider/index.js 127.0.0.1:2", 2000),
    seen("node -p require.resolve(1)", 2010),
  ];
  const start = record({
    kind: "process",
    startMs: 2080,
    nodeReadyMs: 2100,
    sdkLoadedMs: 2600,
    firstModuleMs: 2630,
    firstCallMs: 2700,
    nodeVersion: "24",
  });

  it("cuts at the last language host, the program, the provider, and at what the provider noted", () => {
    const parts = startParts({ startMs: 1000, processes }, [start]);
    expect(Object.values(parts)).toStrictEqual([300, 50, 650, 80, 20, 500, 30, 70]);
  });

  it("a process that was not seen is an error", () => {
    expect(() => startParts({ startMs: 1000, processes: processes.slice(0, 3) }, [start])).toThrow(
      new Error("No process like /--query-mode/ was seen."),
    );
  });
});

describe("keyDerivationMilliseconds", () => {
  it("is what passes between the end of the first language host and the CLI's next step", () => {
    const log = [
      "plain text",
      '{"time":"2026-11-24T00:00:00.100Z","level":"INFO","msg":"starting"}',
      '{"time":"2026-11-24T00:00:00.110Z","level":"INFO","msg":"killing plugin /x/pulumi-language-nodejs\\n"}',
      '{"time":"2026-11-24T00:00:00.235Z","level":"INFO","msg":"Waiting for language runtime metadata"}',
    ].join("\n");
    expect(keyDerivationMilliseconds(log)).toBe(125);
    expect(() => keyDerivationMilliseconds("")).toThrow(new Error("The CLI's log has another shape."));
  });
});

describe("bootParts", () => {
  const call = (type: string, op: string, startMs: number, durationMs: number) =>
    record({ kind: "provider", type, name: "x", op, ok: true, startMs, durationMs });

  it("the boot lasts until the first write on the cluster, the chain until the last call", () => {
    const trace = [
      call("TlsCertificate", "create", 3000, 500),
      call("ModelGroup", "create", 30_000, 50),
      call("DeployedModel", "create", 30_200, 1800),
    ];
    expect(Object.values(bootParts({ startMs: 1000, seconds: 31.5 }, trace))).toStrictEqual([2, 27, 2, 0.5]);
  });

  it("a trace without the cluster's resources is an error", () => {
    expect(() => bootParts({ startMs: 0, seconds: 1 }, [])).toThrow(
      new Error("The trace tells of no resource made on the cluster."),
    );
  });
});

describe("stateBytes", () => {
  const resource = (inputs: object, more: object) => ({
    urn: "urn:pulumi:s::p::pulumi-nodejs:dynamic/x:T::a",
    type: "pulumi-nodejs:dynamic/x:T",
    inputs,
    ...more,
  });
  const state = (...resources: object[]) => JSON.stringify({ checkpoint: { latest: { resources } } });

  it("counts a resource's entry without the user's inputs, which the engine keeps twice", () => {
    const floor = state(
      { urn: "stack", type: "pulumi:pulumi:Stack" },
      resource({ to: "nothing-1", __provider: "t" }, {}),
    );
    const users = { to: "an id of the server" };
    const entry = resource({ ...users, owner: "o", __provider: "text" }, { outputs: { ...users, owner: "o" } });
    const without = resource({ owner: "o", __provider: "text" }, { outputs: { owner: "o" } });
    expect(stateBytes(state(entry), floor)).toBe(JSON.stringify(without).length);
  });

  it("positions are as long as in a project of one's own, wherever the bench's lies", () => {
    const positions = (way: string) => JSON.stringify({ sourcePosition: `project:///${way}dist/program.js#1,2` });
    const folder = join(packageRoot, "..", "..", "some", "bench-abc");
    const way = `${relative(folder, packageRoot)}/`;
    expect(way).toMatch(/^\.\.\/\.\.\//);
    expect(asOwnProject(positions(way), folder)).toBe(positions(""));
  });

  it("counts the dynamic resources of a type", () => {
    const text = state({ urn: "stack", type: "pulumi:pulumi:Stack" }, resource({}, {}), resource({}, {}));
    expect([countResources(text, "T"), countResources(text, "Stack")]).toStrictEqual([2, 0]);
  });

  it("a resource that the floor lacks is an error", () => {
    expect(() => stateBytes(state(resource({}, {})), state())).toThrow(/^The floor has no resource like urn:pulumi/);
  });
});
