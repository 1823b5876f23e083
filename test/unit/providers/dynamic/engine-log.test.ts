import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onBehalfOf } from "../../../../clients/on-behalf";
import { report, reportTo } from "../../../../clients/report";
import { reportsDelivered, reportToEngine } from "../../../../providers/dynamic/engine-log";

const URN = "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:OllamaModel::chat";

interface Line {
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

let lines: Line[];
let printed: unknown[];
let engine: Server;
let address: string;
let before: ReturnType<typeof reportTo>;

beforeEach(async () => {
  lines = [];
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: unknown) => void printed.push(line));
  engine = new Server();
  const refuse = (_call: unknown, callback: sendUnaryData<never>) => callback({ code: 12 });
  engine.addService(EngineService, {
    log: (call: ServerUnaryCall<LogRequest, Empty>, callback: sendUnaryData<Empty>) => {
      const { request } = call;
      lines.push({ message: request.getMessage(), urn: request.getUrn(), ephemeral: request.getEphemeral() });
      callback(null, new Empty());
    },
    getRootResource: refuse,
    setRootResource: refuse,
    startDebugging: refuse,
    requirePulumiVersion: refuse,
  });
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, at: number) => (error ? reject(error) : resolve(at));
    engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), bound);
  });
  address = `127.0.0.1:${port}`;
  before = reportTo((news) => console.log(news.line));
});

afterEach(() => {
  reportTo(before);
  engine.forceShutdown();
  vi.restoreAllMocks();
});

describe("reports to the engine", () => {
  it("appear on the row of their resource, in their order; what passes is marked as passing", async () => {
    reportToEngine(address);
    onBehalfOf(URN, () => {
      report("pulling: 25 %", { subject: "OllamaModel m", passing: true });
      report("pulling: 50 %", { subject: "OllamaModel m", passing: true });
      report("is on the server already", { subject: "OllamaModel m" });
    });
    await reportsDelivered();
    expect(lines).toStrictEqual([
      { message: "pulling: 25 %", urn: URN, ephemeral: true },
      { message: "pulling: 50 %", urn: URN, ephemeral: true },
      { message: "OllamaModel m: is on the server already", urn: URN, ephemeral: false },
    ]);
    expect(printed).toStrictEqual([]);
  });

  it("of no resource are printed", async () => {
    reportToEngine(address);
    report("a line of its own");
    await reportsDelivered();
    expect(lines).toStrictEqual([]);
    expect(printed).toStrictEqual(["a line of its own"]);
  });

  it("are printed when the engine does not take them", async () => {
    engine.forceShutdown();
    reportToEngine(address);
    onBehalfOf(URN, () => report("warning: something"));
    await reportsDelivered();
    expect(printed).toStrictEqual(["warning: something"]);
  });

  it("stay as they are in a process that no engine started", async () => {
    reportToEngine();
    onBehalfOf(URN, () => report("plain"));
    await reportsDelivered();
    expect(printed).toStrictEqual(["plain"]);
    expect(lines).toStrictEqual([]);
  });
});
