import { ANSWER_BREAKS } from "./breaks/answers";
import type { Breaks } from "./breaks/break";
import { CONTAINER_BREAKS } from "./breaks/containers";
import { DOCUMENT_BREAKS } from "./breaks/documents";
import { LEFT_OVER_BREAKS } from "./breaks/left-overs";
import { OBJECT_BREAKS } from "./breaks/objects";
import { OLLAMA_BREAKS } from "./breaks/ollama";
import { OPENSEARCH_BREAKS } from "./breaks/opensearch";

/** How each row of `diagnosis/` is broken, by its id. */
export const BREAKS: Breaks = {
  ...CONTAINER_BREAKS,
  ...OPENSEARCH_BREAKS,
  ...OBJECT_BREAKS,
  ...ANSWER_BREAKS,
  ...OLLAMA_BREAKS,
  ...DOCUMENT_BREAKS,
  ...LEFT_OVER_BREAKS,
};

/** The guide's table of troubles, and the rows of `diagnosis/` that stand for each. */
export const GUIDE_ROWS: Readonly<Record<string, readonly string[]>> = {
  "Connection Refused": ["ollama-unreachable", "container-stopped"],
  "Model Not Found": ["model-not-pulled"],
  "Port Already in Use": ["port-taken"],
  "Out of Memory": ["ollama-memory", "out-of-memory", "container-out-of-memory"],
  "Slow Responses": ["slow-answers", "cold-load"],
  "Timeout Error": ["read-timeout"],
};

/** What is known to go wrong between ML Commons and Ollama, and the rows that stand for it. */
export const KNOWN_ROWS: Readonly<Record<string, readonly string[]>> = {
  "refused on localhost:11434": ["localhost-in-container", "ollama-listens-locally", "model-server-refuses"],
  "Remote inference host name has private ip address": ["private-address", "settings-frozen"],
  "not matching the trusted connector endpoint regex": ["endpoint-not-trusted"],
  "trusted connector private endpoint regex": ["private-endpoint-not-trusted"],
  "Regex pattern too long/nested quantifiers": ["trusted-regex-unsafe", "trusted-regex-broken"],
  "Connector credential is null or empty list": ["credential-missing"],
  "access fields refused": ["access-control-off"],
  "Invalid payload / placeholder not filled": ["invalid-payload", "placeholder-not-filled"],
  MalformedJsonException: ["ollama-streams"],
  "fails at exactly 30 s": ["read-timeout"],
  "RAG empty or timeout": ["rag-pipeline"],
  "reply not where the guide says": ["reply-elsewhere"],
  "model not found in the remote error": ["model-not-pulled"],
  "first call slow, then fine": ["cold-load"],
  "master key not initialised": ["master-key"],
  "Memory/Disk Circuit Breaker is open": ["circuit-breaker"],
  "No eligible node found": ["no-eligible-node"],
  "model undeployed after restart": ["model-undeployed", "model-deploy-failed"],
  "delete refused just after undeploy/delete": ["model-still-deployed"],
  "connector cannot be edited": ["connector-edit-refused"],
  "settings PUT blocked after upgrade": ["settings-archived"],
  "flow/model group leftovers": ["group-name-taken"],
  "429 from predict": ["throttled", "connection-pool", "model-server-throttles"],
};
