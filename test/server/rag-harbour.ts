import { afterAll, beforeAll, beforeEach } from "vitest";
import { commandLine } from "../support/command-line";
import { type RagWorld, startRagWorld } from "./rag-support";

export const SHIPS =
  "# Ships\n\n## Alke\n\nAlke is small and carries lanterns.\n\n## Skarv\n\nSkarv is large and carries cranes.\n";
export const TEA = "# Tea\n\nGreen tea is brewed with cool water.\n";

/** A world of its own for the file of tests that imports this, with two documents and an empty index for each test. */
export let world: RagWorld;
beforeAll(async () => {
  world = await startRagWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.renew();
  world.write("harbour/ships.md", SHIPS);
  world.write("tea.txt", TEA);
});

export const rag = (...args: string[]) => commandLine(["rag", ...args], { environment: world.environment });
export const ingest = (...args: string[]) => rag("ingest", world.folder, ...args);
export const json = async (...args: string[]) =>
  JSON.parse((await rag(...args, "--json")).out) as Record<string, unknown>;
