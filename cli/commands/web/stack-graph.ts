import { z } from "zod";
import type { Graph } from "../../../web/protocol";
import { asJson, PulumiFailure, pulumi, type StackSelection, stackFlag } from "../../access/pulumi";

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(z.object({ urn: z.string(), type: z.string(), dependencies: z.array(z.string()).nullish() }))
      .nullish(),
  }),
});

/** No resource of its own, or none that waits for anything. */
const HIDDEN = /^pulumi:(pulumi:Stack|providers:.*)$|^ollamachat:index:/;

/**
 * The resources of a stack and what needs what, read from its state. Secrets stay encrypted and are not read.
 *
 * @throws PulumiFailure if Pulumi refuses or answers in an unknown form.
 */
export async function stackGraph(stack: StackSelection | undefined, environment: NodeJS.ProcessEnv): Promise<Graph> {
  if (stack === undefined) return { stack: null, resources: [], needs: [] };
  const [name, text] = await Promise.all([
    pulumi(["stack", "--show-name", ...stackFlag(stack)], stack, environment),
    pulumi(["stack", "export", ...stackFlag(stack)], stack, environment),
  ]);
  const state = exported.safeParse(asJson(text));
  if (!state.success) throw new PulumiFailure("pulumi stack export answers in a form that is not understood", false);
  const shown = (state.data.deployment.resources ?? []).filter(({ type }) => !HIDDEN.test(type));
  const urns = new Set(shown.map(({ urn }) => urn));
  return {
    stack: name.trim(),
    resources: shown.map(({ urn, type }) => ({
      id: urn,
      type: type.split(":").at(-1) ?? type,
      name: urn.split("::").at(-1) ?? urn,
      kind: kindOf(type),
    })),
    needs: shown.flatMap(({ urn, dependencies }) =>
      (dependencies ?? []).filter((other) => urns.has(other)).map((other): [string, string] => [other, urn]),
    ),
  };
}

function kindOf(type: string): Graph["resources"][number]["kind"] {
  if (type.startsWith("docker:")) return "docker";
  return type.startsWith("pulumi-nodejs:dynamic/ollamachat:") ? "ollamachat" : "other";
}
