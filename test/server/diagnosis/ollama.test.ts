import { afterEach, describe, it } from "vitest";
import { MODEL_PROVOCATIONS } from "./ollama-models";
import { PULL_PROVOCATIONS } from "./ollama-pulls";
import { OllamaWorld, ollamaMasks } from "./ollama-world";
import { provoke } from "./provocation";

let world: OllamaWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

describe.each([
  ["pulling a model", PULL_PROVOCATIONS],
  ["models and questions", MODEL_PROVOCATIONS],
])("the real Ollama's words: %s", (_theme, provocations) => {
  it.each(provocations)("$row: $how", async (one) => {
    world = await OllamaWorld.start(one.environment);
    await provoke(one, world, ollamaMasks);
  });
});
