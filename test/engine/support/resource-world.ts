import { join } from "node:path";
import { ollamaGenerate } from "../../../providers/connector/presets";
import { ADMIN_PASSWORD as PASSWORD } from "../../support/opensearch/address";
import { TestCluster, type TestClusterOptions } from "../../support/opensearch/test-cluster";
import { ModelServer } from "./model-server";
import { Project, type Run } from "./project";

export type Json = Record<string, unknown>;

/** One resource of the program `programs/resources.js`. */
export interface Spec {
  readonly type:
    | "ClusterSetting"
    | "ModelGroup"
    | "Connector"
    | "DeployedModel"
    | "OllamaModel"
    | "SearchIndex"
    | "TlsCertificate"
    | "SecurityPassword";
  readonly name: string;
  readonly args: Json;
  readonly dependsOn?: readonly string[];
  readonly formerName?: string;
}

const ML = "/_plugins/_ml";
const PATHS = { ModelGroup: "model_groups", Connector: "connectors", DeployedModel: "models" } as const;
export type Kind = keyof typeof PATHS;

/** A cluster, a model server, and a stack of resources that tests change as they like. */
export class ResourceWorld {
  private constructor(
    public cluster: TestCluster,
    readonly model: ModelServer,
    readonly project: Project,
  ) {}

  static async start(name: string, options: TestClusterOptions = {}): Promise<ResourceWorld> {
    const [cluster, model] = await Promise.all([TestCluster.start(options), new ModelServer().start()]);
    const project = await Project.ofProgram(name, "test/engine/programs/resources.js", "dev", {});
    project.configure({ resources: join(project.folder, "resources.json") });
    const world = new ResourceWorld(cluster, model, project);
    await world.open();
    return world;
  }

  async stop(): Promise<void> {
    this.project.remove();
    await this.model.stop();
    await this.cluster.close();
  }

  /** The cluster as it would come up after its data were lost: same address, another identity, nothing in it. */
  async startAnew(port: number): Promise<void> {
    this.cluster = await TestCluster.start({ port });
    await this.open();
  }

  /** Opens the cluster for the model server by hand, as its owner would; these settings are nobody's resource. */
  async open(cluster = this.cluster): Promise<void> {
    const persistent = {
      "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
      "plugins.ml_commons.connector.private_ip_enabled": true,
      "plugins.ml_commons.model_access_control_enabled": true,
    };
    await this.done("PUT", "/_cluster/settings", { persistent }, cluster);
  }

  readonly connection = (more: Json = {}): Json => ({
    endpoint: this.cluster.url,
    username: "admin",
    password: PASSWORD,
    requestTimeoutSeconds: 10,
    maxRetries: 1,
    ...more,
  });

  /** Arguments of a connector that sends its key to the model server. */
  connector(more: Json = {}): Json {
    const preset = ollamaGenerate({ endpoint: this.model.endpoint, model: "m" });
    const actions = preset.actions.map((action) => ({
      ...action,
      headers: { ...action.headers, Authorization: "Bearer ${credential.key}" },
    }));
    return { connection: this.connection(), ...preset, actions, credential: { key: "first" }, ...more };
  }

  declare(specs: readonly Spec[]): void {
    this.project.write("resources.json", JSON.stringify(specs));
  }

  async up(specs: readonly Spec[], ...args: string[]): Promise<Run> {
    this.declare(specs);
    return await this.project.up(...args);
  }

  /** One request of the API as an administrator makes it by hand. */
  async api(
    method: string,
    path: string,
    body?: unknown,
    cluster = this.cluster,
  ): Promise<{ status: number; body: Json }> {
    const answer = await fetch(`${cluster.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  /** The same, where a refusal is a mistake of the test. */
  async done(method: string, path: string, body?: unknown, cluster = this.cluster): Promise<Json> {
    const answer = await this.api(method, path, body, cluster);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async set(persistent: Json): Promise<void> {
    await this.done("PUT", "/_cluster/settings", { persistent });
  }

  /** Everything that is set, by flat key in its scope. */
  async settings(cluster = this.cluster): Promise<Json> {
    return await this.done("GET", "/_cluster/settings?flat_settings=true", undefined, cluster);
  }

  path(kind: Kind, id: string): string {
    return `${ML}/${PATHS[kind]}/${id}`;
  }

  async seen(kind: Kind, id: string, cluster = this.cluster): Promise<Json> {
    return (await this.api("GET", this.path(kind, id), undefined, cluster)).body;
  }

  /** Mapping and flat settings of an index. */
  async index(name: string): Promise<Json> {
    return (await this.done("GET", `/${name}?flat_settings=true`))[name] as Json;
  }

  /** Names of the indices that no plugin made for itself. */
  async indices(): Promise<string[]> {
    const names = Object.keys(await this.done("GET", "/*/_mapping"));
    return names.filter((name) => !/^\.|^security-auditlog-/.test(name)).sort();
  }

  async predict(id: string): Promise<void> {
    await this.done("POST", `${ML}/models/${id}/_predict`, { parameters: { prompt: "Why?" } });
  }

  async count(kind: Kind, cluster = this.cluster): Promise<number> {
    const { body } = await this.api("POST", `${ML}/${PATHS[kind]}/_search`, { size: 200 }, cluster);
    return (body.hits as { hits: unknown[] } | undefined)?.hits.length ?? 0;
  }

  async counts(cluster = this.cluster): Promise<readonly [groups: number, connectors: number, models: number]> {
    const count = (kind: Kind) => this.count(kind, cluster);
    return [await count("ModelGroup"), await count("Connector"), await count("DeployedModel")];
  }

  /** Ids of the stack's resources by their names. */
  ids(): Map<string, string> {
    return new Map(this.project.resources().map(({ urn, id }) => [nameOf(urn), id ?? ""]));
  }

  id(name: string): string {
    const id = this.ids().get(name);
    if (id === undefined || id === "") throw new Error(`The state has no id of ${name}.`);
    return id;
  }

  outputs(name: string): Json {
    return this.project.resources().find(({ urn }) => nameOf(urn) === name)?.outputs ?? {};
  }
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** What became of each resource: `same`, `create`, `update`, `replace` or `delete`. */
export function operations(run: Run): Map<string, string> {
  const found = new Map<string, string>();
  for (const { op, name } of run.steps) {
    if (op === "refresh" || found.get(name) === "replace") continue;
    found.set(name, ["create-replacement", "replace", "delete-replaced"].includes(op) ? "replace" : op);
  }
  return found;
}
