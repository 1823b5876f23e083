import { readSelection } from "../../../tools/toolchain/selection";

const selection = readSelection();

/** What the toolchain put in place; `npm test` sees to it, and says loudly what this machine cannot run. */
export const toolchain = selection;

export const hasEngine = selection !== undefined;
export const hasOllama = selection?.ollama !== undefined;
export const hasOtherMachine = selection?.otherMachine !== undefined;
export const hasDocker = selection?.images !== undefined;

if (!hasEngine && process.env.CI === "true") {
  throw new Error("The engine tests run under the toolchain only: npm test.");
}
