import type { BenchCase } from "../bench-case";
import { makeGroup, openSettings } from "../support/bare-chain";
import { BareClient } from "../support/bare-client";
import { makeManyBare } from "../support/bare-many";
import { perSecond } from "../support/load";
import { residentBytes } from "../support/processes";
import { openModelServer, startEmulatorProcess } from "../support/servers";

/** The emulator has one core to itself; what asks it runs on the others. */
const ONE_CORE = ["taskset", "--cpu-list", "0"];
const REQUESTS = 6_000;
const CALLERS = 16;
const ROUNDS = 10;
const MODELS_A_ROUND = 30;

/** Start, speed and memory of the emulator. */
export const emulator: BenchCase = {
  id: "B10",
  title: "The emulator: start, requests a second on one core, memory",
  run: async ({ runs, quick }, measured) => {
    const starts: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const started = await startEmulatorProcess();
      starts.push(started.startMilliseconds ?? 0);
      await started.stop();
    }
    const start = measured.figure("start", "emulator", "ms", starts).median;
    measured.verdict("start", start, "ms", { is: "below", value: 1000 });

    const model = await openModelServer();
    const server = await startEmulatorProcess(ONE_CORE);
    const bare = new BareClient(server.connection);
    try {
      await openSettings(bare);
      const groupId = await makeGroup(bare, "bench-load");
      const requests = quick ? 500 : REQUESTS;
      const reading = async () => await bare.send("GET", `/_plugins/_ml/model_groups/${groupId}`);
      const searching = async () =>
        await bare.send("POST", "/_plugins/_ml/model_groups/_search", { query: { match_all: {} } });
      await perSecond(reading, { requests, callers: CALLERS });
      const reads: number[] = [];
      const searches: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        reads.push(await perSecond(reading, { requests, callers: CALLERS }));
        searches.push(await perSecond(searching, { requests, callers: CALLERS }));
      }
      const rate = measured.figure("read one object", "emulator", "perSecond", reads).median;
      measured.figure("search", "emulator", "perSecond", searches);
      measured.verdict("requests a second, one core", rate, "perSecond", { is: "at least", value: 2000 });

      const bytes: number[] = [];
      for (let round = 0; round < (quick ? 2 : ROUNDS); round += 1) {
        await perSecond(reading, { requests, callers: CALLERS });
        await makeManyBare(bare, model.endpoint, quick ? 3 : MODELS_A_ROUND);
        bytes.push(residentBytes(server.pid) ?? 0);
      }
      bytes.forEach((each, round) => {
        measured.figure("memory after a round", "emulator", "bytes", [each], round + 1);
      });
      const half = Math.floor(bytes.length / 2);
      const growth = (bytes.at(-1) ?? 0) / Math.max(...bytes.slice(0, half)) - 1;
      measured.verdict("memory: the last round above the most of the first half", growth, "ratio", {
        is: "at most",
        value: 0.1,
      });
      measured.note(
        `A round: ${requests} reads, then ${quick ? 3 : MODELS_A_ROUND} models with their connectors made, asked and deleted.`,
      );
      return "none";
    } finally {
      bare.close();
      await server.stop();
      await model.stop();
    }
  },
};
