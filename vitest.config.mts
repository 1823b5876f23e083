import { defineConfig } from "vitest/config";

const seeded = { setupFiles: ["./test/support/seeded.ts"] };
const minute = { testTimeout: 60_000, hookTimeout: 60_000 };

// One project per kind of proof: `unit` needs nothing, `emulator` needs free ports, `engine` needs the toolchain.
export default defineConfig({
  test: {
    reporters: ["default", "./test/support/summary-reporter.mts"],
    projects: [
      // Limits are for what hangs: no test may fail because the machine is busy.
      { test: { ...seeded, name: "unit", include: ["test/unit/**/*.test.ts"], ...minute } },
      { test: { ...seeded, name: "emulator", include: ["test/emulator/**/*.test.ts"], ...minute } },
      {
        test: {
          ...seeded,
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
