import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { packageRoot } from "../../toolchain/package-root";
import { run } from "../../toolchain/run";
import type { BenchCase } from "../bench-case";
import type { Row } from "../results";
import { inTurns, seconds } from "../turns";

/** `npm run toolchain` with everything in place, and once in a fresh clone with an empty cache folder. */
export const setUp: BenchCase = {
  id: "set-up",
  question: "How long is it until the demo and the tests can start?",
  run: async ({ runs, quick, toolchain }) => {
    const { again } = await inTurns(runs, {
      again: async () => ({ seconds: await seconds(() => install(packageRoot)) }),
    });
    const warm: Row = {
      what: "`npm run toolchain`, everything in place",
      unit: "s",
      samples: [...again.seconds],
      beside: [],
      act: {
        on: "value",
        is: "above",
        limit: 10,
        advice: "`npm run doctor:toolchain` names the part that is made again",
      },
    };
    return { rows: quick ? [warm] : [await cold(toolchain.pulumiFolder), warm] };
  },
};

async function cold(pulumiFolder: string): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-clone-"));
  const inFolder = (name: string) => join(folder, name);
  // A Pulumi on PATH would be used as it is.
  const path = (process.env.PATH ?? "").split(delimiter).filter((each) => each !== pulumiFolder);
  const environment = {
    PATH: path.join(delimiter),
    PULUMI_OLLAMA_CHAT_CACHE: inFolder("cache"),
    npm_config_cache: inFolder("npm"),
    GOMODCACHE: inFolder("go-modules"),
    GOCACHE: inFolder("go-builds"),
  };
  try {
    await run("git", ["clone", "--quiet", "--depth", "1", `file://${packageRoot}`, inFolder("clone")]);
    return {
      what: "`npm run toolchain` in a fresh clone with empty caches, Docker's images in place",
      unit: "s",
      samples: [await seconds(() => install(inFolder("clone"), environment))],
      beside: [],
      act: {
        on: "value",
        is: "above",
        limit: 1800,
        advice: "keep the cache folder between CI runs ([toolchain](../tools/toolchain/README.md))",
      },
    };
  } finally {
    // Go's module cache is read-only.
    await run("chmod", ["-R", "u+w", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(checkout: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  await run("npm", ["run", "toolchain"], { cwd: checkout, environment });
}
