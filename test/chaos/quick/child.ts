import { ENTRIES } from "../../../providers/dynamic/stored-text";
import { jobSchema } from "./job";
import { runJob } from "./run-job";

// Runs one command of the quick engine. It is a process, so it can be killed like the real engine, and its memory dies
// with it. It loads everything, then waits for its job.
for (const entry of Object.values(ENTRIES)) require(`pulumi-ollama-chat/provider/${entry}`);

process.once("message", (message) => {
  const job = jobSchema.parse(message);
  Object.assign(process.env, job.environment);
  runJob(job).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
});
