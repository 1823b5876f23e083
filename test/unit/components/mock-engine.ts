import * as pulumi from "@pulumi/pulumi";
import type * as resourceProto from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { vi } from "vitest";

/** A resource as the engine was asked to register it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Name of the parent; empty for none. */
  readonly parent: string;
  /** Name of its explicit provider; empty for none. */
  readonly provider: string;
  /** Names of the resources that it waits for, sorted. */
  readonly dependencies: readonly string[];
  /** Its inputs; a secret shows as `{ secret: value }`. */
  readonly inputs: Record<string, unknown>;
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What each type answers beyond its inputs. */
const OUTPUTS: Readonly<Record<string, object>> = {
  "docker:index/remoteImage:RemoteImage": { imageId: "sha256:image" },
  "pulumi-nodejs:dynamic/ollamachat:TlsCertificate": {
    caCertificatePem: "CA PEM",
    caPrivateKeyPem: "CA KEY",
    certificatePem: "NODE PEM",
    privateKeyPem: "NODE KEY",
  },
  "pulumi-nodejs:dynamic/ollamachat:ClusterSetting": { revision: "r1" },
  "pulumi-nodejs:dynamic/ollamachat:SecurityUser": { password: "made" },
};

/** Runs a program against Pulumi's mocks and tells what it registered, by name. */
export async function registeredBy(
  program: () => pulumi.ComponentResource & { outputs(): Record<string, pulumi.Output<unknown>> },
  stack = "dev",
): Promise<{ resources: Map<string, Registered>; outputs: Record<string, unknown>; secretOutputs: string[] }> {
  const resources = new Map<string, Registered>();
  const original = MockMonitor.prototype.registerResource;
  const spy = vi.spyOn(MockMonitor.prototype, "registerResource").mockImplementation(async function (
    this: MockMonitor,
    request: resourceProto.RegisterResourceRequest,
    callback: Parameters<typeof original>[1],
  ) {
    const registered = read(request);
    resources.set(registered.name, registered);
    return await original.call(this, request, callback);
  });
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => {
        const marked = resources.get(name)?.additionalSecretOutputs ?? [];
        const entries = Object.entries({ ...inputs, ...OUTPUTS[type] });
        const state = entries.map(([key, value]) => [key, marked.includes(key) ? pulumi.secret(value) : value]);
        return { id: `${name}-id`, state: Object.fromEntries(state) };
      },
      call: () => ({}),
    },
    "project",
    stack,
  );
  try {
    const made = program().outputs();
    const entries = Object.entries(made);
    const values = await Promise.all(entries.map(async ([name, output]) => [name, await promised(output)] as const));
    const secrets = await Promise.all(
      entries.map(async ([name, output]) => ((await pulumi.isSecret(output)) ? name : "")),
    );
    return { resources, outputs: Object.fromEntries(values), secretOutputs: secrets.filter((name) => name !== "") };
  } finally {
    // Whatever is still on its way belongs to this program's engine, not to the next one's.
    await pulumi.runtime.disconnect();
    spy.mockRestore();
  }
}

function promised<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => void pulumi.output(output).apply(resolve as (value: unknown) => void));
}

function read(request: resourceProto.RegisterResourceRequest): Registered {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: nameIn(request.getParent()),
    // The reference is the provider's URN and id.
    provider: nameIn(request.getProvider().replace(/::[^:]*$/, "")),
    dependencies: request.getDependenciesList().map(nameIn).sort(),
    inputs: plain(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete() ?? false,
    replaceOnChanges: request.getReplaceonchangesList(),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

function nameIn(urn: string): string {
  return urn.includes("::") ? urn.slice(urn.lastIndexOf("::") + 2) : "";
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  if (members[SIGNATURE] === SECRET) return { secret: plain(members.value) };
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, plain(member)]));
}
