import type { Access } from "../../cli/access/access";
import { thisMachine } from "../../cli/commands/doctor/machine";
import { pageFiles } from "../../cli/commands/web/page-files";
import { startWeb, type WebOptions } from "../../cli/commands/web/server";
import { explanationOf } from "../../cli/report-failure";

export interface ServedPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the page of `ollama-chat web` for these servers, on a free port. */
export async function servedPage(access: Partial<Access>, options: Partial<WebOptions> = {}): Promise<ServedPage> {
  const running = await startWeb({
    access: { source: "flags and environment", api: "generate", chatModel: "smollm2:135m", ...access },
    port: 0,
    machine: thisMachine({}),
    secrets: [],
    gate: {},
    timeoutSeconds: 120,
    version: "test",
    files: pageFiles(),
    problemOf: (error) => explanationOf(error, []),
    ...options,
  });
  return { url: `http://127.0.0.1:${running.port}/`, stop: running.close };
}
