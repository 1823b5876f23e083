import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import type { Session } from "../../session";
import { type ModelsFlags, models } from "./models";

/** Adds the command `models`. */
export function registerModels(program: Command, session: Session): void {
  const command = program
    .command("models")
    .description("Show what Ollama has, and what is deployed on OpenSearch.")
    .option("--guide", "show the guide's models instead: true sizes, memory, and whether they fit here");
  withAccessOptions(command).action(async (flags: ModelsFlags) => {
    await models(session, flags);
  });
}
