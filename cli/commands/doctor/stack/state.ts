import { z } from "zod";
import { type DockerTls, dockerAddress } from "../../../../providers/shared/docker-address";
import { asJson, PulumiFailure, pulumi, type StackSelection, stackFlag } from "../../../access/pulumi";

/** The parts of a stack's state that are used here. */
const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string().optional(),
          id: z.string().optional(),
          type: z.string().optional(),
          inputs: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .nullish(),
    pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) })).nullish(),
  }),
});

/** An operation that `pulumi` started and did not finish. */
export interface Pending {
  /** `creating`, `updating`, `deleting`, … */
  readonly doing: string;
  readonly urn: string;
}

/** A Docker that a stack works with. */
export interface StackDocker {
  /** As in `DOCKER_HOST`. */
  readonly address: string;
  readonly tls?: DockerTls;
}

/** A stack's state. */
export interface StackState {
  /** With organisation and project: `organization/chat/dev`. */
  readonly name: string;
  /** Ids of all resources. */
  readonly ids: ReadonlySet<string>;
  readonly urns: ReadonlySet<string>;
  readonly pending: readonly Pending[];
  /** The Dockers of its providers, each once. */
  readonly dockers: readonly StackDocker[];
}

/**
 * Reads a stack's state, with secrets still encrypted.
 *
 * @throws PulumiFailure if Pulumi refuses or answers in an unknown form.
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
    dockers: dockersOf(
      (resources ?? []).filter(({ type }) => type === "pulumi:providers:docker"),
      environment,
    ),
    pending: (pending ?? []).map(({ type, resource }) => ({ doing: type, urn: resource.urn })),
  };
}

/** A provider without an address has the default one of this environment. Certificates in the state are encrypted. */
function dockersOf(
  providers: readonly { readonly inputs?: Readonly<Record<string, unknown>> | undefined }[],
  environment: NodeJS.ProcessEnv,
): StackDocker[] {
  const all = providers.map(({ inputs = {} }): StackDocker => {
    const text = (key: string) => (typeof inputs[key] === "string" ? inputs[key] : undefined);
    const address = dockerAddress({ host: text("host"), context: text("context") }, environment);
    const certPath = text("certPath");
    return certPath === undefined ? { address } : { address, tls: { certPath } };
  });
  return [...new Map(all.map((one) => [one.address, one])).values()];
}
