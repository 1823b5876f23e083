import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawTimeline } from "../../../../tools/bench/timeline/draw";
import { bareEvent, readEventLog } from "../../../../tools/bench/timeline/event-log";
import { enlargedPicture, wholePicture } from "../../../../tools/bench/timeline/rows";
import { readDependencies } from "../../../../tools/bench/timeline/state-file";
import { type Bar, timelineOf } from "../../../../tools/bench/timeline/timeline";
import { readTrace } from "../../../../tools/bench/timeline/trace-file";

/** An `up` of the whole stack in Docker, recorded with the real engine. */
const recorded = (file: string) => readFileSync(join(__dirname, "recorded", file), "utf8");
const events = recorded("events.jsonl");
const trace = readTrace(recorded("trace.jsonl"));
const dependencies = readDependencies(recorded("state.json"));
const recordedUp = () => timelineOf(readEventLog(events), trace, dependencies);

/** The same log as the engine itself writes it, whose clock counts in seconds. */
function asTheEngineWrites(): string {
  const lines = events.split("\n").filter((line) => line.includes('"event"'));
  return lines.map((line) => JSON.stringify((JSON.parse(line) as { event: object }).event)).join("\n");
}

const named = (bars: readonly Bar[], name: string) => bars.find((bar) => bar.name === name) ?? expect.unreachable(name);

describe("a recorded up of the whole stack", () => {
  it("has a bar for each resource, and none for components, providers and the stack", () => {
    const bars = recordedUp().bars.map(({ name, type, kind, op }) => `${op} ${name} ${type} ${kind}`);
    expect(bars.sort()).toStrictEqual([
      "create chat-connector Connector OpenSearch",
      "create chat-group ModelGroup OpenSearch",
      "create chat-model DeployedModel OpenSearch",
      "create chat-network Network Docker",
      "create chat-ollama Container Docker",
      "create chat-ollama-image RemoteImage Docker",
      "create chat-ollama-model OllamaModel Ollama",
      "create chat-ollama-volume Volume Docker",
      "create chat-opensearch Container Docker",
      "create chat-opensearch-image RemoteImage Docker",
      "create chat-opensearch-volume Volume Docker",
      "create chat-settings ClusterSetting OpenSearch",
      "create chat-tls TlsCertificate Certificate",
    ]);
  });

  it("its critical path is a chain of dependencies that ends with the model", () => {
    const path = recordedUp().bars.filter(({ critical }) => critical);
    expect(path.map(({ name }) => name)).toContain("chat-opensearch");
    expect(path.at(-1)?.name).toBe("chat-model");
    for (const [i, bar] of path.entries()) {
      if (i === 0) continue;
      expect(bar.waitedFor[0]).toBe(path[i - 1]);
      expect(dependencies.get(bar.urn)).toContain(path[i - 1]?.urn);
    }
  });

  it("OpenSearch and Ollama come up side by side", () => {
    const { bars } = recordedUp();
    const [opensearch, ollama] = [named(bars, "chat-opensearch"), named(bars, "chat-ollama")];
    expect(ollama.start).toBeLessThan(opensearch.end);
    expect(opensearch.start).toBeLessThan(ollama.end);
  });

  it("each request and wait lies within the bar of its resource", () => {
    const { bars, requests, waits } = recordedUp();
    expect(requests.length).toBeGreaterThan(10);
    for (const mark of [...requests, ...waits]) {
      const bar = bars.find(({ urn }) => urn === mark.urn) ?? expect.unreachable(mark.urn);
      expect(mark.start).toBeGreaterThanOrEqual(bar.start);
      expect(mark.end).toBeLessThanOrEqual(bar.end + 0.1);
    }
  });

  it("what follows the boot of OpenSearch is enlarged", () => {
    const enlarged = enlargedPicture(recordedUp());
    expect(enlarged?.rows.map(({ name }) => name)).toStrictEqual([
      "chat-group",
      "chat-settings",
      "chat-connector",
      "chat-model",
    ]);
  });

  it("is a picture with every name, the total, and a white ground for dark pages", async () => {
    const timeline = recordedUp();
    const svg = await drawTimeline(timeline, "pulumi up of the chat stack");
    for (const { name } of timeline.bars) expect(svg).toContain(`>${name}<`);
    expect(svg).toContain(">pulumi up of the chat stack<");
    expect(svg).toMatch(/>total [\d.]+ s</);
    expect(svg).toMatch(/<rect width="\d+" height="\d+" fill="white"\/>/);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(await drawTimeline(timeline, "pulumi up of the chat stack")).toBe(svg);
  });
});

describe("the engine's own log", () => {
  it("counts in seconds, which the picture says", async () => {
    const timeline = timelineOf(readEventLog(asTheEngineWrites()));
    expect(timeline.bars).toHaveLength(13);
    expect(timeline.bars.every(({ start, end }) => Number.isInteger(start) && Number.isInteger(end))).toBe(true);
    const svg = await drawTimeline(timeline, "up");
    expect(svg).toContain("engine's log counts in whole seconds");
  });

  it("with a trace, our own resources have the times of their calls", () => {
    const { bars } = timelineOf(readEventLog(asTheEngineWrites()), trace);
    const call = trace.find(
      (record) => record.kind === "provider" && record.type === "Connector" && record.op === "create",
    );
    const connector = named(bars, "chat-connector");
    expect(connector.end - connector.start).toBeCloseTo((call?.durationMs ?? 0) / 1000, 6);
    expect(Number.isInteger(named(bars, "chat-opensearch").start)).toBe(true);
  });
});

const urn = (name: string) => `urn:pulumi:dev::p::docker:index/container:Container::${name}`;

function step(what: string, op: string, name: string, receivedMs: number): string {
  const type = "docker:index/container:Container";
  const metadata = { op, urn: urn(name), type, old: null, new: { custom: true, parent: "" } };
  return JSON.stringify({ receivedMs, event: { [what]: { metadata } } });
}

describe("what else an update does", () => {
  it("a replacement is one bar for the new one and one for the old one, in rows of their own", () => {
    const log = [
      step("resourcePreEvent", "create-replacement", "a", 1000),
      step("resOutputsEvent", "create-replacement", "a", 3000),
      step("resourcePreEvent", "replace", "a", 3000),
      step("resOutputsEvent", "replace", "a", 3000),
      step("resourcePreEvent", "delete-replaced", "a", 3100),
      step("resOutputsEvent", "delete-replaced", "a", 4000),
    ];
    const { rows } = wholePicture(timelineOf(readEventLog(log.join("\n"))));
    expect(rows.map(({ name, detail, label }) => `${name}, ${detail}: ${label}`)).toStrictEqual([
      "pulumi up, CLI, program, plugins: 0.00 s",
      "a, Container, create-replacement: 2.0 s",
      "a, Container, delete-replaced: 0.9 s",
    ]);
  });

  it("a failed resource says so, and one that was left as it is has no bar", () => {
    const log = [
      step("resourcePreEvent", "same", "untouched", 1000),
      step("resOutputsEvent", "same", "untouched", 1000),
      step("resourcePreEvent", "create", "a", 1000),
      step("resOpFailedEvent", "create", "a", 26_000),
    ];
    const { rows } = wholePicture(timelineOf(readEventLog(log.join("\n"))));
    expect(rows.map(({ name, label }) => `${name}: ${label}`)).toStrictEqual([
      "pulumi up: 0.00 s",
      "a: failed after 25 s",
    ]);
  });

  it("without a state, a resource is taken to have waited for the last one to end before it", () => {
    const log = [
      step("resourcePreEvent", "create", "a", 1000),
      step("resourcePreEvent", "create", "b", 1000),
      step("resOutputsEvent", "create", "a", 2000),
      step("resOutputsEvent", "create", "b", 3000),
      step("resourcePreEvent", "create", "c", 3010),
      step("resOutputsEvent", "create", "c", 4000),
    ].join("\n");
    const guessed = timelineOf(readEventLog(log)).bars;
    expect(named(guessed, "c").waitedFor.map(({ name }) => name)).toStrictEqual(["b"]);
    expect(guessed.filter(({ critical }) => critical).map(({ name }) => name)).toStrictEqual(["b", "c"]);
    const known = timelineOf(readEventLog(log), [], new Map([[urn("c"), [urn("a")]]])).bars;
    expect(known.filter(({ critical }) => critical).map(({ name }) => name)).toStrictEqual(["a", "c"]);
  });
});

describe("what is read", () => {
  it("a recording holds nobody's inputs, outputs, configuration and messages", () => {
    const inputs = { password: "Hunter2" };
    const metadata = { op: "create", urn: urn("a"), type: "t", old: null, new: { custom: true, parent: "", inputs } };
    const kept = (event: object) => bareEvent(JSON.stringify({ sequence: 1, timestamp: 2, ...event }));
    expect(kept({ resourcePreEvent: { metadata } })).toStrictEqual({
      sequence: 1,
      timestamp: 2,
      resourcePreEvent: {
        metadata: { op: "create", urn: urn("a"), type: "t", old: null, new: { custom: true, parent: "" } },
      },
    });
    expect(kept({ preludeEvent: { config: { "p:password": "Hunter2" } } })).toStrictEqual({
      sequence: 1,
      timestamp: 2,
      preludeEvent: {},
    });
    expect(kept({ diagnosticEvent: { message: "Hunter2" } })).toBeUndefined();
  });

  it("a line that is none of the engine's is named", () => {
    expect(() => readEventLog(`${step("resourcePreEvent", "create", "a", 1)}\nhello`)).toThrow(
      new Error("Line 2 of the event log is no JSON."),
    );
    expect(() => readEventLog("[1]")).toThrow(new Error("Line 1 of the event log is no event of Pulumi's engine."));
  });

  it("a trace may end in half a line, and in no other place", () => {
    const whole = recorded("trace.jsonl").split("\n")[0] ?? "";
    expect(readTrace(`${whole}\n${whole.slice(0, 40)}`)).toHaveLength(1);
    expect(() => readTrace(`${whole.slice(0, 40)}\n${whole}\n`)).toThrow(
      new Error("Line 1 of the trace is no record of OLLAMA_CHAT_TRACE."),
    );
  });
});
