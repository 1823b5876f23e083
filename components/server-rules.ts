import { sentence } from "../providers/shared/checking";
import type { OllamaChatStackArgs } from "./args";
import { limitProblem } from "./machine";
import { OLLAMA_PORT } from "./ollama-server";
import { nodesOf } from "./opensearch-nodes";

const nodesThere = "can't be set for a cluster that exists; name its nodes in opensearch.existing.endpoints";
const LAST_PORT = 65_535;

/** Rules of the servers that a stack starts, which concern several arguments at once. */
export function serverProblems({ opensearch = {}, ollama = {} }: OllamaChatStackArgs): string[] {
  const { existing, nodes = 1, port } = opensearch;
  if (existing !== undefined) return nodes === 1 ? [] : [sentence(["opensearch", "nodes"], nodes, nodesThere)];
  const problems: (string | undefined)[] = [limitProblem(opensearch)];
  const ports = nodesOf(opensearch).map((node) => node.port);
  const [first = 0, last = 0] = [ports[0], ports.at(-1)];
  if (last > LAST_PORT) {
    problems.push(
      sentence(["opensearch", "port"], port, `must be ${LAST_PORT + 1 - nodes} at most for ${nodes} nodes`),
    );
  }
  const ollamaPort = ollama.port ?? OLLAMA_PORT;
  if (ollama.existing === undefined && ollama.docker === opensearch.docker && ports.includes(ollamaPort)) {
    const taken = nodes === 1 ? `${first}, the port` : `${first} to ${last}, the ports`;
    problems.push(sentence(["ollama", "port"], ollamaPort, `must not be ${taken} of OpenSearch`));
  }
  return problems.filter((problem) => problem !== undefined);
}
