import { z } from "zod";

/** A job from the parent process. */
export const jobSchema = z.object({
  command: z.enum(["up", "refresh", "destroy"]),
  stack: z.string(),
  project: z.string(),
  stateFile: z.string(),
  environment: z.record(z.string(), z.string()),
  program: z.array(z.object({ type: z.string(), name: z.string(), args: z.record(z.string(), z.unknown()) })),
});

export type Job = z.infer<typeof jobSchema>;

const properties = z.record(z.string(), z.unknown());

export const stateSchema = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      id: z.string(),
      inputs: properties,
      outputs: properties,
      /** Partially created or updated. The next `up` continues. */
      failed: z.boolean(),
      /** Replaced, to be deleted at the end. */
      replaced: z.boolean(),
    }),
  ),
});

export type QuickState = z.infer<typeof stateSchema>;
export type QuickResource = QuickState["resources"][number];
