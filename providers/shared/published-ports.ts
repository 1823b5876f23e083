import { z } from "zod";
import { DockerRefusal } from "../../clients/docker/engine";
import { dockerAt } from "./docker-address";

const port = z.object({ IP: z.string().default(""), PublicPort: z.number().optional() });
const containers = z.array(
  z.object({
    Names: z.array(z.string()).default([]),
    Labels: z.record(z.string(), z.string()).nullish(),
    Ports: z.array(port).nullish(),
  }),
);

/** A running container and the ports that it publishes. */
export interface PublishingContainer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly address: string; readonly port: number }[];
}

/**
 * The running containers of a Docker, all or those with a label; `undefined` if it cannot be asked. One that answers
 * something else, as a proxy may, has none.
 */
export async function publishingContainers(
  dockerHost: string,
  label?: string,
): Promise<readonly PublishingContainer[] | undefined> {
  const filters = label === undefined ? "" : `?filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
  try {
    const found = await dockerAt(dockerHost)?.get(`/containers/json${filters}`, containers);
    return found?.map(({ Names, Labels, Ports }) => ({
      name: Names[0]?.replace(/^\//, "") ?? "",
      labels: Labels ?? {},
      ports: (Ports ?? []).flatMap(({ IP, PublicPort }) =>
        PublicPort === undefined ? [] : [{ address: IP, port: PublicPort }],
      ),
    }));
  } catch (error) {
    const isAnswer = error instanceof SyntaxError || error instanceof z.ZodError || error instanceof DockerRefusal;
    return isAnswer ? [] : undefined;
  }
}
