import { defineConfig } from "vitest/config";

// One project per kind of proof: `unit` needs nothing, `emulator` needs free ports, `engine` needs the toolchain.
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/summary-reporter.mts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "emulator", include: ["test/emulator/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
