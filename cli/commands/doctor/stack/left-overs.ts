import { z } from "zod";
import type { DockerEngine } from "../../../../clients/docker/engine";
import { STACK_LABEL } from "../../../../components/stack-label";
import type { StackState } from "./state";

const containers = z.array(z.object({ Id: z.string(), Names: z.array(z.string()) }));
const networks = z.array(z.object({ Id: z.string(), Name: z.string() }));

/** Names of what Docker has under a stack's label and its state has not. Volumes are kept on purpose now and then. */
export interface LeftOvers {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

/** @throws Error where Docker does not answer. */
export async function leftOvers(engine: DockerEngine, { name, ids }: StackState): Promise<LeftOvers> {
  const label = `${STACK_LABEL}=${name.split("/").slice(-2).join("/")}`;
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const [ofContainers, ofNetworks] = await Promise.all([
    engine.get(`/containers/json?all=1&filters=${filters}`, containers),
    engine.get(`/networks?filters=${filters}`, networks),
  ]);
  return {
    containers: ofContainers
      .filter(({ Id }) => !ids.has(Id))
      .flatMap(({ Names }) => Names[0]?.replace(/^\//, "") ?? []),
    networks: ofNetworks.filter(({ Id }) => !ids.has(Id)).map(({ Name }) => Name),
  };
}
