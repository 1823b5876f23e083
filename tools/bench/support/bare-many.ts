import * as bareChain from "./bare-chain";
import type { BareClient } from "./bare-client";

const WORKERS = 10;
let groups = 0;

/**
 * Seconds of N models made by bare calls: ten workers, each a connector, a registration, a deployment awaited and a
 * question. Registrations into the one group go one at a time, or the server refuses them with version conflicts.
 */
export async function makeManyBare(bare: BareClient, modelServer: string, models: number): Promise<number> {
  groups += 1;
  const name = `bench-${process.pid}-bare-${groups}`;
  const made: { connectorId: string; modelId: string }[] = [];
  let next = 0;
  let registrations: Promise<unknown> = Promise.resolve();
  const started = performance.now();
  const groupId = await bareChain.makeGroup(bare, name);
  const work = async (): Promise<void> => {
    for (let i = next++; i < models; i = next++) {
      const connectorId = await bareChain.makeConnector(bare, `${name}-${i}`, modelServer);
      const registration = registrations.then(() =>
        bareChain.registerModel(bare, `${name}-${i}`, { groupId, connectorId }, true),
      );
      registrations = registration.catch(() => undefined);
      const modelId = await registration;
      made.push({ connectorId, modelId });
      await bareChain.awaitDeployed(bare, modelId);
      await bareChain.predict(bare, modelId);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const seconds = (performance.now() - started) / 1000;
  // All models before the first connector: the server compares ids word by word, cut at every "-", so a connector can be
  // refused for a model that uses another one (3.4.0).
  for (const { modelId } of made) await bareChain.removeModel(bare, modelId);
  for (const { connectorId } of made) await bareChain.removeConnector(bare, connectorId);
  await bareChain.removeGroup(bare, groupId);
  return seconds;
}
