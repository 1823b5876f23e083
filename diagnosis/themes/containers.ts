import type { Symptom } from "../symptom";

/** Docker's side of a stack that runs in containers. */
export const CONTAINERS: readonly Symptom[] = [
  {
    id: "port-taken",
    shows: "Something else on this machine listens on 127.0.0.1:11434 already (address already in use)",
    signs: [{ says: /port is already allocated|address already in use/i }],
    cause: "Another program or container uses the port, often an Ollama that was installed as a service.",
    fix: "Stop it, or choose another port: pulumi config set ollamaPort 11435 (or opensearchPort). To use that Ollama instead: pulumi config set ollamaEndpoint http://localhost:11434. To find a container that uses the port, run docker ps --filter publish=11434; if it is left over, remove it with docker rm --force NAME.",
  },
  {
    id: "container-removed",
    shows: "The stack names a container that Docker does not have",
    cause: "The container was removed outside of Pulumi.",
    fix: "Run pulumi refresh --target '**::*-opensearch' (or *-ollama), then pulumi up. The container is created again and keeps its data.",
  },
  {
    id: "container-out-of-memory",
    shows: "The container was killed (OOMKilled, exit code 137)",
    cause: "It needed more memory than Docker allows.",
    fix: "Choose a smaller model or OpenSearch heap (opensearchHeap), or give Docker's machine more memory.",
  },
  {
    id: "container-restarting",
    shows: "The container restarts again and again",
    cause: "Its program exits soon after each start. The end of its log says why.",
    fix: "Read docker logs NAME, fix the problem, then run pulumi up.",
  },
  {
    id: "container-stopped",
    shows: "The container is not running",
    cause: "Somebody stopped it, or its program exited.",
    fix: "Start it with docker start NAME. If it stops again, docker logs NAME says why.",
  },
  {
    id: "container-unhealthy",
    shows: "The container runs, but its health check fails",
    cause: "Its server does not answer: it is still starting, hangs, or lacks memory.",
    fix: "Wait a minute and run again. If the error stays, read docker logs NAME.",
  },
  {
    id: "docker-disk-low",
    shows: "Less than 5 GB are free where Docker keeps images and volumes",
    cause: "Models, indices and images fill the disk. When it is full, OpenSearch stops writing and pulls fail.",
    fix: "Free space there. docker system df shows what uses it, and docker image prune removes unused images.",
  },
];
