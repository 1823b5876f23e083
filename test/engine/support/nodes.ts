import { z } from "zod";
import { openSearch } from "../../../clients/opensearch/connect";
import { clusterHealth } from "../../../clients/opensearch/health";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import { Deadline, waitFor } from "../../../clients/wait";
import { freePort } from "../../../tools/toolchain/ollama-server";
import { clusterImage } from "./cluster-image";
import type { Project } from "./project";
import { toolchain } from "./toolchain";

/** Configuration of a stack whose OpenSearch may have several nodes, each with a small heap. */
export async function clusterConfig(): Promise<Record<string, unknown>> {
  return {
    opensearchImage: clusterImage(),
    ollamaImage: toolchain?.images?.ollama,
    opensearchPort: await freePort(),
    ollamaPort: await freePort(),
    modelOptions: { num_predict: 8, num_thread: 1 },
    opensearchHeap: "512m",
  };
}

const outputsSchema = z.object({
  opensearchEndpoints: z.array(z.string()),
  opensearchPassword: z.string(),
  opensearchCaCertificate: z.string(),
  predictUsername: z.string(),
  predictPassword: z.string(),
  modelId: z.string(),
});

/** The outputs of a stack whose OpenSearch may have several nodes. */
export async function outputsOf(project: Project) {
  const { output } = await project.cli("stack", "output", "--json", "--show-secrets");
  return outputsSchema.parse(JSON.parse(output));
}

/** A client that knows all nodes, as their admin or as the user who may only ask. */
export async function clientOf(project: Project, asker: "admin" | "predict"): Promise<OpenSearchServer> {
  const told = await outputsOf(project);
  const [endpoint = "", ...endpoints] = told.opensearchEndpoints;
  const user =
    asker === "admin"
      ? { username: "admin", password: told.opensearchPassword }
      : { username: told.predictUsername, password: told.predictPassword };
  return openSearch({ endpoint, endpoints, caCertificate: told.opensearchCaCertificate, ...user });
}

export async function untilThreeAndGreen(project: Project): Promise<void> {
  const server = await clientOf(project, "admin");
  const look = async () => {
    const { status, nodes } = await clusterHealth(server).catch((error) => ({ status: String(error), nodes: 0 }));
    return status === "green" && nodes === 3 ? { done: true } : { last: `${status}, ${nodes} nodes` };
  };
  await waitFor(look, { waitingFor: "three nodes and a green cluster", deadline: Deadline.after(600_000) });
}
