import { afterAll, beforeAll, describe, it } from "vitest";
import { CONNECTION_PROVOCATIONS } from "./connection";
import { NETWORK_MASKS, Network } from "./network";
import { NOT_OLLAMA_PROVOCATIONS } from "./not-ollama";
import { provoke } from "./provocation";
import { PROXY_PROVOCATIONS } from "./proxies";

let network: Network;
beforeAll(async () => {
  network = await Network.start();
});
afterAll(async () => {
  await network.stop();
});

describe.each([
  ["OpenSearch and Docker's ports", CONNECTION_PROVOCATIONS],
  ["what is no Ollama", NOT_OLLAMA_PROVOCATIONS],
  ["proxies", PROXY_PROVOCATIONS],
])("the words of reaching a server: %s", (_theme, provocations) => {
  it.each(provocations)("$row: $how", async (one) => {
    await provoke(one, network, () => NETWORK_MASKS);
  });
});
