import { defineConfig } from "vitest/config";

// Whatever terminal the tests are started from, what they draw is drawn for a usual one.
const seeded = { setupFiles: ["./test/support/seeded.ts"], env: { TERM: "xterm-256color" } };
const minute = { testTimeout: 60_000, hookTimeout: 60_000 };

// One project per kind of proof: `unit` needs nothing, `server` the real OpenSearch and Ollama, `engine` Pulumi and Docker
// too, `web` the servers and a browser. The servers are shared and what tests leave on them is wiped, so files run one
// after another.
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/summary-reporter.mts"],
    globalSetup: "./test/support/opensearch/setup.ts",
    projects: [
      // Limits are for what hangs: no test may fail because the machine is busy.
      { test: { ...seeded, name: "unit", include: ["test/unit/**/*.test.ts"], ...minute } },
      {
        test: {
          ...seeded,
          name: "server",
          include: ["test/server/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 400_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...seeded,
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...seeded,
          name: "web",
          include: ["test/web/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 400_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
