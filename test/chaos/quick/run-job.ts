import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { ENTRIES, typeToken } from "../../../providers/dynamic/stored-text";
import { type Job, type QuickResource, type QuickState, stateSchema } from "./job";

type Properties = Record<string, unknown>;
type Provider = Required<Omit<pulumi.dynamic.ResourceProvider<Properties, Properties>, "configure">>;
type Type = keyof typeof ENTRIES;

/** Each type refers only to earlier ones. */
const ORDER = ["ClusterSetting", "ModelGroup", "Connector", "DeployedModel", "SearchIndex"];

/** A minimal engine: calls the providers like the real one and saves the state after each step. */
export async function runJob(job: Job): Promise<void> {
  const engine = new QuickEngine(job);
  if (job.command === "up") await engine.up();
  else if (job.command === "refresh") await engine.refresh();
  else await engine.destroy();
}

class QuickEngine {
  readonly #state: QuickState;

  constructor(private readonly job: Job) {
    this.#state = readState(job.stateFile);
  }

  async up(): Promise<void> {
    for (const { type, name, args } of this.job.program)
      await this.#apply(type as Type, name, this.#inputs(type as Type, name, args));
    const wanted = new Set(this.job.program.map(({ name }) => name));
    for (const each of this.#lastFirst()) if (each.replaced || !wanted.has(each.name)) await this.#delete(each);
  }

  async refresh(): Promise<void> {
    for (const each of [...this.#state.resources]) {
      if (each.replaced) continue;
      const found = await provider(each.type).read(each.id, each.outputs);
      if (found.id === undefined) this.#drop(each);
      else this.#put(each, { ...each, inputs: found.inputs ?? each.inputs, outputs: found.props ?? each.outputs });
    }
  }

  async destroy(): Promise<void> {
    for (const each of this.#lastFirst()) await this.#delete(each);
  }

  /** In the order of a destroy: dependants first. */
  #lastFirst(): QuickResource[] {
    return [...this.#state.resources].sort((one, other) => ORDER.indexOf(other.type) - ORDER.indexOf(one.type));
  }

  async #apply(type: Type, name: string, news: Properties): Promise<void> {
    const old = this.#state.resources.find((each) => each.name === name && !each.replaced);
    const { inputs = news, failures = [] } = await provider(type).check(old?.inputs ?? {}, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (old === undefined) return await this.#create(type, name, inputs);
    const { changes, replaces = [] } = await provider(type).diff(old.id, old.outputs, inputs);
    if (replaces.length > 0) {
      const replaced = { ...old, replaced: true };
      // Like the real engine, keep the old one until the new one exists.
      await this.#create(type, name, inputs, () => this.#put(old, replaced));
    } else if (changes || old.failed) await this.#update(old, inputs);
  }

  async #create(type: Type, name: string, inputs: Properties, onMade: () => void = () => undefined): Promise<void> {
    const made = { name, type, inputs, failed: false, replaced: false };
    try {
      const { id, outs = {} } = await provider(type).create(inputs);
      onMade();
      this.#put(undefined, { ...made, id: String(id), outputs: outs });
    } catch (error) {
      const part = partOf(error);
      if (part !== undefined) {
        onMade();
        this.#put(undefined, { ...made, ...part, failed: true });
      }
      throw error;
    }
  }

  async #update(old: QuickResource, inputs: Properties): Promise<void> {
    try {
      const { outs = {} } = await provider(old.type).update(old.id, old.outputs, inputs);
      this.#put(old, { ...old, inputs, outputs: outs, failed: false });
    } catch (error) {
      const part = partOf(error);
      if (part !== undefined) this.#put(old, { ...old, outputs: part.outputs, failed: true });
      throw error;
    }
  }

  async #delete(each: QuickResource): Promise<void> {
    await provider(each.type).delete(each.id, each.outputs);
    this.#drop(each);
  }

  #put(old: QuickResource | undefined, now: QuickResource): void {
    const at = old === undefined ? -1 : this.#state.resources.indexOf(old);
    if (at < 0) this.#state.resources.push(now);
    else this.#state.resources[at] = now;
    this.#save();
  }

  #drop(each: QuickResource): void {
    this.#state.resources.splice(this.#state.resources.indexOf(each), 1);
    this.#save();
  }

  #save(): void {
    const { stateFile } = this.job;
    writeFileSync(`${stateFile}.new`, JSON.stringify(this.#state));
    renameSync(`${stateFile}.new`, stateFile);
  }

  /** The inputs that the resource class would send: references resolved, the owner added. */
  #inputs(type: Type, name: string, args: Properties): Properties {
    const { stack, project } = this.job;
    const owner = `urn:pulumi:${stack}::${project}::${typeToken(type)}::${name}`;
    return { ...(this.#resolved(args) as Properties), owner };
  }

  #resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#resolved(item));
    if (typeof value !== "object" || value === null) return value;
    if ("ref" in value) {
      const made = this.#state.resources.find((each) => each.name === value.ref && !each.replaced);
      return "output" in value ? made?.outputs[String(value.output)] : made?.id;
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#resolved(member)]));
  }
}

/** The installed package's provider, loaded by the text that the state would hold. */
function provider(type: string): Provider {
  return require(`pulumi-ollama-chat/provider/${ENTRIES[type as Type]}`) as Provider;
}

/** The id and outputs of a partially failed operation. */
function partOf(error: unknown): { id: string; outputs: Properties } | undefined {
  if (!(error instanceof Error) || !("id" in error) || !("properties" in error)) return undefined;
  return { id: String(error.id), outputs: error.properties as Properties };
}

export function readState(file: string): QuickState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { resources: [] };
    throw error;
  }
}
