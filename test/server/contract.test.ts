import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmulator } from "../../emulator";
import { startModelServer } from "../contract/model-server";
import { loadScenarios, prepare, runScenario } from "../contract/replay";

const scenarios = loadScenarios(join(__dirname, "../contract/scenarios"));
const { CONTRACT_BASE_URL: otherServer, CONTRACT_BASIC_AUTH: basicAuth } = process.env;

if (otherServer === undefined) {
  // Each scenario has an emulator and a model server of its own, so they can run side by side.
  describe("the emulator answers as the real server was recorded", { concurrent: true }, () => {
    it.for(scenarios)("$name: $about", async (scenario) => {
      const [emulator, model] = await Promise.all([startEmulator(), startModelServer()]);
      try {
        const target = { baseUrl: emulator.url, backend: model.address };
        if (!scenario.needs_fresh_server) await prepare(target);
        expect(await runScenario(scenario, target)).toEqual([]);
      } finally {
        await Promise.all([emulator.close(), model.close()]);
      }
    });

    it("has all recorded scenarios", () => {
      expect(scenarios).toHaveLength(89);
    });
  });
} else {
  // For a throw-away server somewhere else; one after the other, since they change its settings.
  describe(`the server at ${otherServer} answers as recorded`, () => {
    it.for(scenarios.filter(({ needs_fresh_server: needsFresh }) => !needsFresh))("$name: $about", async (scenario) => {
      const model = await startModelServer();
      try {
        const target = { baseUrl: otherServer, backend: model.address, basicAuth };
        await prepare(target);
        expect(await runScenario(scenario, target)).toEqual([]);
      } finally {
        await model.close();
      }
    });
  });
}
