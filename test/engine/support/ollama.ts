export { type RunningOllama, startOllama } from "../../support/ollama";
