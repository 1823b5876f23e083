import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tools/toolchain/ollama-server";
import { startOpenSearch } from "../../tools/toolchain/opensearch/server";
import { endChildrenOnSignals } from "../../tools/toolchain/run";
import { readSelection } from "../../tools/toolchain/selection";
import type { ServerAddress } from "../support/opensearch/address";
import { idsShareWords } from "../support/opensearch/id-words";
import { callsTo } from "../support/opensearch/server-call";
import { seedOf } from "./draw";
import type { PartResult, Trial } from "./findings";
import { type Options, readOptions, USAGE, USUAL_TRIALS } from "./options";
import type { Part } from "./part";
import { parts } from "./parts";
import { endSpare } from "./quick/quick-stack";
import { failure, table, withTable } from "./report";

async function main(args: string[]): Promise<number> {
  const today = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
  const options = readOptions(
    args,
    parts.map(({ id }) => id),
    today,
  );
  if (typeof options === "string") {
    console.log(options);
    return options === USAGE ? 0 : 2;
  }
  const server = await openServer();
  try {
    return options.replay === undefined
      ? await runAll(server.address, options)
      : await replay(server.address, options.replay);
  } finally {
    endSpare();
    await server.stop();
  }
}

async function runAll(server: ServerAddress, options: Options): Promise<number> {
  console.log(`Seed ${options.seed}`);
  const results: PartResult[] = [];
  for (const part of parts.filter(({ id }) => options.parts.includes(id)))
    results.push(await runPart(part, server, options));
  const text = table(results);
  console.log(`\n${text}`);
  if (options.json !== undefined) {
    writeFileSync(
      options.json,
      `${JSON.stringify({ seed: options.seed, at: new Date().toISOString(), results }, undefined, 2)}\n`,
    );
  }
  if (options.write !== undefined) {
    const day = new Date().toISOString().slice(0, 10);
    const said = `Run on ${day} with seed ${options.seed}.\n\n${text}`;
    writeFileSync(options.write, withTable(readFileSync(options.write, "utf8"), said));
  }
  return results.every(({ trials }) => trials.every(({ findings }) => findings.length === 0)) ? 0 : 1;
}

async function runPart(part: Part, server: ServerAddress, options: Options): Promise<PartResult> {
  const { id, title } = part;
  const started = performance.now();
  const usual = typeof part.trials === "number" ? part.trials : await part.trials(server);
  const count = part.counted ? usual : Math.max(1, Math.round((usual * options.trials) / USUAL_TRIALS));
  console.log(`\n${title}: ${count} trials`);
  const trials: Trial[] = [];
  for (let i = 0; i < count; i += 1) {
    const trial = await tried(part, server, part.counted ? i : seedOf(options.seed, id, i));
    trials.push(trial);
    if (trial.findings.length > 0) console.log(failure(id, trial));
  }
  const seconds = (performance.now() - started) / 1000;
  const wrong = trials.filter(({ findings }) => findings.length > 0).length;
  const missed = trials.filter(({ missed }) => missed).length;
  console.log(
    `  ${count - wrong} of ${count} without a finding${missed > 0 ? `, ${missed} ran through` : ""} (${Math.round(seconds)} s)`,
  );
  return { part: id, title, trials, seconds };
}

/** Runs a trial. An exception is a finding too. */
async function tried(part: Part, server: ServerAddress, seed: number): Promise<Trial> {
  try {
    return await part.run(server, seed);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, story: "the trial itself broke", findings: [{ column: "stuck", text }], again: 0, later: false };
  }
}

async function replay(server: ServerAddress, { part: id, seed }: { part: string; seed: number }): Promise<number> {
  const part = parts.find((each) => each.id === id);
  if (part === undefined) throw new Error(`There is no part ${id}.`);
  const trial = await tried(part, server, seed);
  console.log(failure(id, trial));
  return trial.findings.length === 0 ? 0 : 1;
}

/** The given OpenSearch, or a new one for this run. */
async function openServer(): Promise<{ address: ServerAddress; stop(): Promise<void> }> {
  const given = process.env.OLLAMA_CHAT_TEST_OPENSEARCH;
  if (given !== undefined) return { address: { endpoint: given }, stop: async () => undefined };
  const found = readSelection()?.opensearch;
  if (found === undefined) throw new Error("The toolchain has no OpenSearch: run npm run test:chaos.");
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-chaos-server-"));
  // The server runs as another user, who needs access to the folder.
  chmodSync(folder, 0o711);
  for (;;) {
    // The sync-up job sometimes marks a model that was just undeployed as DEPLOY_FAILED.
    const settings = { "plugins.ml_commons.sync_up_job_interval_in_seconds": 0 };
    const server = await startOpenSearch({ ...found, folder, port: await freePort(), settings });
    const address = { endpoint: server.endpoint };
    if (!(await idsShareWords(callsTo(address, "plain")))) {
      return {
        address,
        stop: async () => {
          await server.stop();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    await server.stop();
  }
}

endChildrenOnSignals();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  },
);
