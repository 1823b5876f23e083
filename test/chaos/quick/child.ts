import { ENTRIES } from "../../../providers/dynamic/stored-text";
import { jobSchema } from "./job";
import { runJob } from "./run-job";

// One command of the quick engine, in a process of its own, so that it can be killed as the real one and what a process
// remembers dies with it. It waits for its job with everything loaded.
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
