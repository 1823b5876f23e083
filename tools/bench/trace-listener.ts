// Preload that writes what this package tells on Node.js's diagnostics channels to a file, one JSON object a line, without
// bodies or secrets. Several processes may share the file. For example, in a program's folder:
//
//   OLLAMA_CHAT_TRACE=/tmp/trace NODE_OPTIONS="--require $REPOSITORY/dist/tools/bench/trace-listener.js" pulumi up

import { subscribe } from "node:diagnostics_channel";
import { openSync, writeSync } from "node:fs";
import { CHANNELS, type EventTimes, type Message } from "../../clients/trace";
import { messageOf } from "../../diagnosis/failure";

const VARIABLE = "OLLAMA_CHAT_TRACE";

if (process.env[VARIABLE]) listen(process.env[VARIABLE]);

/** Writes all that is told from now on to a file, until one write fails. */
export function listen(path: string): void {
  let file: number | undefined;
  let hasFailed = false;
  const write = ({ startMs, durationMs, urn }: EventTimes, details: object) => {
    if (hasFailed) return;
    const common = { v: 1, pid: process.pid, startMs: rounded(startMs), durationMs: rounded(durationMs) };
    try {
      file ??= openSync(path, "a");
      // One write a line: the system keeps appends of several processes apart.
      writeSync(file, `${JSON.stringify({ ...common, ...(urn ? { urn } : {}), ...details })}\n`);
    } catch (error) {
      hasFailed = true;
      console.error(`warning: ${VARIABLE}: no trace is written: ${messageOf(error)}`);
    }
  };
  subscribe(CHANNELS.request, (message) => {
    const { server, request, status, try: tried, ...told } = message as Message<"request">;
    write(told, { kind: "request", server, request, status, try: tried });
  });
  subscribe(CHANNELS.wait, (message) => {
    const { waitingFor, looks, ...told } = message as Message<"wait">;
    write(told, { kind: "wait", waitingFor, looks });
  });
  subscribe(CHANNELS.call, (message) => {
    const { op, ok, ...told } = message as Message<"call">;
    write(told, { kind: "provider", ...partsOf(told.urn), op, ok, rssBytes: process.memoryUsage.rss() });
  });
  subscribe(CHANNELS.process, (message) => {
    const { firstModuleMs, startMs: firstCallMs } = message as Message<"process">;
    const { timeOrigin: startMs, nodeTiming } = performance;
    write(
      { startMs, durationMs: firstCallMs - startMs },
      {
        kind: "process",
        nodeReadyMs: startMs + nodeTiming.bootstrapComplete,
        sdkLoadedMs: startMs + nodeTiming.loopStart,
        firstModuleMs,
        firstCallMs,
        nodeVersion: process.versions.node,
        rssBytes: process.memoryUsage.rss(),
      },
    );
  });
}

/** `urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:Connector::name` → type `Connector`, name `name`. */
function partsOf(urn = ""): { type: string; name: string } {
  const [, , type = "", ...name] = urn.split("::");
  return { type: type.slice(type.lastIndexOf(":") + 1), name: name.join("::") };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
