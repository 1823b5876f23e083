import * as ts from "typescript";
import { expect, it } from "vitest";
import * as emulators from "../../emulator";
import { blocksOf } from "../support/documents/runnable";

const FILE = "test/emulator/docs.test.ts";

it("the emulator's README starts one, puts a fault in its way, and closes it", async ({ task }) => {
  const [block] = blocksOf(FILE, task.name);
  const started: emulators.Emulator[] = [];
  const faults: unknown[] = [];
  const packages: Record<string, unknown> = {
    "pulumi-ollama-chat/emulator": {
      ...emulators,
      startEmulator: async (options: emulators.EmulatorOptions) => {
        const emulator = await emulators.startEmulator(options);
        const { add } = emulator.faults;
        emulator.faults.add = (fault) => {
          faults.push(fault);
          return add.call(emulator.faults, fault);
        };
        started.push(emulator);
        return emulator;
      },
    },
  };
  await runModule(block?.text ?? "", (name) => packages[name]);
  expect(faults).toEqual([
    { match: { method: "POST", path: "/_plugins/_ml/models/_register" }, action: { kind: "drop-response" } },
  ]);
  expect(started).toHaveLength(1);
  await expect(fetch(started[0]?.url ?? "")).rejects.toThrow("fetch failed");
});

/** Runs a module's text, whose `await`s stand at its top. */
async function runModule(text: string, require: (name: string) => unknown): Promise<void> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const run = new Function("require", "exports", `return (async () => { ${outputText} })();`);
  await run(require, {});
}
