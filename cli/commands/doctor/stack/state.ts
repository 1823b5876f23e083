import { z } from "zod";
import { asJson, PulumiFailure, pulumi, type StackSelection, stackFlag } from "../../../access/pulumi";

/** Of a stack's state only what is looked at here: no inputs, no outputs. */
const exported = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string().optional(), id: z.string().optional() })).nullish(),
    pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) })).nullish(),
  }),
});

/** Something that a `pulumi` began and did not end. */
export interface Pending {
  /** `creating`, `updating`, `deleting`, … */
  readonly doing: string;
  readonly urn: string;
}

/** What the engine keeps of a stack. */
export interface StackState {
  /** With organisation and project: `organization/chat/dev`. */
  readonly name: string;
  /** Ids of the resources that have one. */
  readonly ids: ReadonlySet<string>;
  readonly urns: ReadonlySet<string>;
  readonly pending: readonly Pending[];
}

/**
 * The state of a stack, secrets left as they are.
 *
 * @throws PulumiFailure where Pulumi does not give it, or in another form.
 */
export async function stackState(stack: StackSelection, environment: NodeJS.ProcessEnv): Promise<StackState> {
  const named = ["stack", "--show-name", "--fully-qualify-stack-names", ...stackFlag(stack)];
  const [name, text] = await Promise.all([
    pulumi(named, stack, environment),
    pulumi(["stack", "export", ...stackFlag(stack)], stack, environment),
  ]);
  const answer = exported.safeParse(asJson(text));
  if (!answer.success) throw new PulumiFailure("pulumi stack export answers in a form that is not understood", false);
  const { resources, pending_operations: pending } = answer.data.deployment;
  return {
    name: name.trim(),
    ids: new Set((resources ?? []).flatMap(({ id }) => id ?? [])),
    urns: new Set((resources ?? []).flatMap(({ urn }) => urn ?? [])),
    pending: (pending ?? []).map(({ type, resource }) => ({ doing: type, urn: resource.urn })),
  };
}
