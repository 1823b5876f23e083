import type { Symptom } from "../symptom";

/** Docker's side of a stack that runs in containers. */
export const CONTAINERS: readonly Symptom[] = [
  {
    id: "port-taken",
    shows: "Something else on this machine listens on 127.0.0.1:11434 already (address already in use)",
    signs: [{ says: /port is already allocated|address already in use/i }],
    cause: "Another program, or another container, holds the port: often an Ollama that was installed as a service.",
    fix: "Stop it, or choose another port: pulumi config set ollamaPort 11435 (or opensearchPort). To use that Ollama instead: pulumi config set ollamaEndpoint http://localhost:11434. A container that holds it is named by docker ps --filter publish=11434; if it is left over, docker rm --force NAME.",
  },
  {
    id: "container-removed",
    shows: "The stack names a container that Docker does not have",
    cause: "The container was removed outside of Pulumi.",
    fix: "Run pulumi refresh --target '**::*-opensearch' (or *-ollama), then pulumi up: it comes back with its data.",
  },
  {
    id: "container-out-of-memory",
    shows: "The container was killed (OOMKilled, exit code 137)",
    cause: "It needed more memory than Docker gives it.",
    fix: "Choose a smaller model or OpenSearch heap (opensearchHeap), or give Docker's machine more memory.",
  },
  {
    id: "container-restarting",
    shows: "The container restarts again and again",
    cause: "What runs in it ends soon after each start; the end of its log says why.",
    fix: "Read docker logs NAME, mend what it names, then run pulumi up.",
  },
  {
    id: "container-stopped",
    shows: "The container is not running",
    cause: "Somebody stopped it, or what runs in it has ended.",
    fix: "Start it: docker start NAME. If it ends again, docker logs NAME says why.",
  },
  {
    id: "container-unhealthy",
    shows: "The container runs, and its health check fails",
    cause: "The server in it does not answer: it still starts, hangs, or lacks memory.",
    fix: "Wait a minute and run again; if it stays, read docker logs NAME.",
  },
  {
    id: "docker-disk-low",
    shows: "Less than 5 GB are free where Docker keeps images and volumes",
    cause: "Models, indices and images fill the disk; OpenSearch stops to write and pulls fail when it is full.",
    fix: "Free space there: docker system df shows what takes it, docker image prune removes images that nothing uses.",
  },
];
