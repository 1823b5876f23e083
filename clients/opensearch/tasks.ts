import { z } from "zod";
import { searchAnswer } from "./answers";
import type { OpenSearchServer } from "./server";

const MAX_TASKS = 50;

const taskAnswer = z.object({
  model_id: z.string().nullish(),
  task_type: z.string().nullish(),
  state: z.string().nullish(),
  error: z.string().nullish(),
  create_time: z.coerce.number().default(0),
});

const tasksAnswer = searchAnswer(taskAnswer);

/**
 * The error of a model's latest failed deployment, or `undefined`. The server often stores it as JSON by node id, which
 * becomes `node: reason` pairs. A failed look-up is ignored, so that it does not hide the original failure.
 */
export async function lastDeployError(server: OpenSearchServer, modelId: string): Promise<string | undefined> {
  const search = server.call({
    method: "POST",
    path: "/_plugins/_ml/tasks/_search",
    body: { query: { term: { model_id: modelId } }, size: MAX_TASKS },
    answer: tasksAnswer,
    repeatable: true,
  });
  const answer = await search.catch(() => undefined);
  const failed = (answer?.hits.hits ?? [])
    .map((hit) => hit._source)
    .filter((task) => task.model_id === modelId && task.error && task.task_type === "DEPLOY_MODEL")
    .sort((a, b) => b.create_time - a.create_time);
  const error = failed[0]?.error;
  return error ? perNode(error) : undefined;
}

function perNode(error: string): string {
  try {
    const nodes = z.record(z.string(), z.string()).parse(JSON.parse(error));
    return Object.entries(nodes)
      .map(([node, reason]) => `node ${node}: ${reason}`)
      .join("; ");
  } catch {
    return error;
  }
}
