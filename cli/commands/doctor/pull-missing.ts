import { bytes } from "../../../clients/ollama/progress";
import { pullModel } from "../../../clients/ollama/streams";
import { Deadline } from "../../../clients/wait";
import type { Repair } from "./check";
import type { Scene } from "./scene";

/** As long as `OllamaChatStack` gives a pull. */
const PULL_MILLISECONDS = 1_800_000;

/** Pulls models that the chain asks for. */
export function pullMissing(scene: Scene, names: readonly string[]): Repair {
  const run = async (say: (line: string) => void) => {
    for (const name of names) {
      await pullModel(scene.ollama, name, false, {
        deadline: Deadline.after(PULL_MILLISECONDS),
        onEvent: ({ status, total, completed = 0 }) => {
          const share = total ? ` ${Math.floor((100 * completed) / total)} % of ${bytes(total)}` : "";
          say(`${name}: ${status}${share}`);
        },
      });
    }
  };
  return { id: "pull", action: `pull ${names.join(" and ")}`, run };
}
