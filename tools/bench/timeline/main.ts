import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ToolchainError } from "../../toolchain/failure";
import { packageRoot } from "../../toolchain/package-root";
import { recordDemoUp } from "./demo-up";
import { drawTimeline } from "./draw";
import { readEventLog } from "./event-log";
import { readDependencies } from "./state-file";
import { timelineOf } from "./timeline";
import { readTrace } from "./trace-file";

const USAGE = `Draws what a pulumi up did when, and what waited for what.

  npm run timeline                                   stand the whole stack up in Docker, draw docs/timeline.svg,
                                                     take it down again
  npm run timeline -- EVENTS [TRACE] [-o FILE.svg]   draw an update that was recorded before

  EVENTS           what PULUMI_DEBUG_COMMANDS=true pulumi up --event-log EVENTS wrote
  TRACE            what OLLAMA_CHAT_TRACE=TRACE pulumi up wrote: waits, requests, and times finer than seconds
  --state FILE     what pulumi stack export printed, for the dependencies; without it they are guessed from the times
  --title TEXT     what stands above
  --keep FOLDER    keep the recording of the whole stack here
  -o FILE          where the picture goes (docs/timeline.svg, or timeline.svg for an update recorded before)

An event log holds the inputs of every resource, and may hold passwords in clear. The picture holds names and times.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      output: { type: "string", short: "o" },
      state: { type: "string" },
      title: { type: "string" },
      keep: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help || positionals.length > 2) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const [eventsFile, traceFile] = positionals;
  const recorded =
    eventsFile === undefined
      ? await recordDemoUp()
      : {
          eventLog: read(eventsFile),
          trace: traceFile ? read(traceFile) : "",
          state: values.state && read(values.state),
        };
  if (values.keep !== undefined) keep(values.keep, recorded);
  const dependencies = recorded.state ? readDependencies(recorded.state) : undefined;
  const timeline = timelineOf(readEventLog(recorded.eventLog), readTrace(recorded.trace), dependencies);
  if (timeline.bars.length === 0) {
    console.error("The event log tells of no resource that was made, changed or deleted.");
    return 1;
  }
  const title =
    values.title ?? (eventsFile === undefined ? "pulumi up, from nothing to a model that answers" : "pulumi up");
  const fallback = eventsFile === undefined ? join(packageRoot, "docs", "timeline.svg") : "timeline.svg";
  const file = values.output ?? fallback;
  writeFileSync(file, await drawTimeline(timeline, title));
  console.log(`${file}: ${timeline.bars.length} resources in ${timeline.total.toFixed(1)} s`);
  return 0;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ToolchainError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function keep(folder: string, recorded: { eventLog: string; trace: string; state?: string }): void {
  writeFileSync(join(folder, "events.jsonl"), recorded.eventLog);
  writeFileSync(join(folder, "trace.jsonl"), recorded.trace);
  if (recorded.state) writeFileSync(join(folder, "state.json"), recorded.state);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
