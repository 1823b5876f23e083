import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { findAccess } from "../../../cli/access/find-access";
import { CHECKS } from "../../../cli/commands/doctor/checks/all";
import { type Machine, thisMachine } from "../../../cli/commands/doctor/machine";
import { type CheckResult, runChecks } from "../../../cli/commands/doctor/run-checks";
import { Scene } from "../../../cli/commands/doctor/scene";
import { run } from "../../../cli/program";
import { Deadline, waitFor } from "../../../clients/wait";
import { ollamaGenerate } from "../../../providers/connector/presets";
import { TestCluster, type TestClusterOptions } from "../../support/opensearch/test-cluster";
import { PASSWORD } from "../lifecycle-support";
import { DockerDouble } from "./docker-double";
import { OllamaDouble } from "./ollama-double";
import { pulumiDouble, SERVICE, StackDouble } from "./stack-double";
import { type Person, sink } from "./terminal-double";

const MODEL = "smollm2:135m";
const ML = "/_plugins/_ml";
const QUESTION = { parameters: { prompt: "Are you there?" } };

/** One line of `ollama-chat doctor --json`. */
export interface Line {
  readonly id: string;
  readonly title: string;
  readonly status: "ok" | "warn" | "fail" | "skipped";
  readonly seen: string;
  readonly symptom?: string;
  readonly cause?: string;
  readonly fix?: string;
  readonly fixed?: boolean;
}

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A healthy chain, from the outputs of a stack to the model's answer, for a test to break. */
export class DoctorWorld {
  readonly outputs: Record<string, string> = {};
  groupId = "";
  connectorId = "";
  modelId = "";
  /** Variables of the command besides those that the world gives it. */
  readonly environment: Record<string, string> = {};
  /** What stands in for the program `pulumi`. Default: it prints the outputs, and tells of a stack in order. */
  pulumi: string | undefined;
  private readonly last: (() => void)[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), "doctor-"));
  /** The stack that made it all, and its state. */
  readonly stack: StackDouble;

  private constructor(
    readonly cluster: TestCluster,
    readonly ollama: OllamaDouble,
    readonly docker: DockerDouble,
  ) {
    this.stack = new StackDouble(join(this.folder, "state.json"), this.connection);
  }

  static async start(options: TestClusterOptions = {}): Promise<DoctorWorld> {
    const cluster = await TestCluster.start(options);
    const world = new DoctorWorld(cluster, await new OllamaDouble().start(), await new DockerDouble().start());
    await world.build();
    return world;
  }

  /** Something to be put away at the end. */
  whenStopped(task: () => void): void {
    this.last.push(task);
  }

  async stop(): Promise<void> {
    for (const task of this.last) task();
    this.stack.stop();
    await Promise.all([this.ollama.stop(), this.docker.stop(), this.cluster.close()]);
    rmSync(this.folder, { recursive: true });
  }

  get connection() {
    return {
      endpoint: this.cluster.url,
      username: "admin",
      password: PASSWORD,
      requestTimeoutSeconds: 30,
      maxRetries: 0,
    };
  }

  /** The connector's arguments; a test may make another one of them. */
  get preset() {
    return ollamaGenerate({ endpoint: this.ollama.endpoint, model: MODEL, options: { num_predict: 8 } });
  }

  private async build(): Promise<void> {
    await this.settings({
      "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$"],
      "plugins.ml_commons.connector.private_ip_enabled": true,
    });
    this.groupId = await this.stack.makeGroup("g", "chat-group");
    await this.useConnector(this.preset);
    Object.assign(this.outputs, {
      opensearchEndpoint: this.cluster.url,
      opensearchUsername: "admin",
      opensearchPassword: PASSWORD,
      opensearchCaCertificate: "",
      ollamaEndpoint: this.ollama.endpoint,
      chatModel: MODEL,
      api: "generate",
      modelGroupId: this.groupId,
    });
  }

  /** Makes a connector, and a model on it that is deployed without being asked; the outputs name both. */
  async useConnector(args: object): Promise<void> {
    const n = this.connectorId === "" ? "" : "-2";
    this.connectorId = await this.stack.makeConnector(`c${n}`, `chat-connector${n}`, args);
    this.modelId = await this.stack.makeModel(`m${n}`, `chat-model${n}`, this.groupId, this.connectorId);
    Object.assign(this.outputs, { connectorId: this.connectorId, modelId: this.modelId });
  }

  async settings(persistent: Record<string, unknown>): Promise<void> {
    await this.api("PUT", "/_cluster/settings", { persistent });
  }

  /** One request as an administrator makes it by hand. */
  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(`${this.cluster.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** The world's connector as somebody writes it by hand: nobody lints that. */
  get connectorBody() {
    const { endpoint } = this.ollama;
    const request_body = '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }';
    return {
      name: "by-hand",
      version: 1,
      protocol: "http",
      parameters: { model: MODEL },
      credential: { none: "none" },
      actions: [{ action_type: "predict", method: "POST", url: `${endpoint}/api/generate`, request_body }],
      client_config: { read_timeout: 300 },
    };
  }

  /** Makes a connector by hand and deploys the model with it; the outputs follow. */
  async moveTo(body: object): Promise<void> {
    const made = await this.api("POST", `${ML}/connectors/_create`, body);
    this.connectorId = String(made.connector_id);
    this.outputs.connectorId = this.connectorId;
    await this.useConnectorId(this.connectorId);
    await this.deployAnew();
  }

  /** The model reads settings and connector when it is deployed. */
  async deployAnew(): Promise<void> {
    await this.undeploy();
    await this.api("POST", `${ML}/models/${this.modelId}/_deploy`);
    await this.until("DEPLOYED");
  }

  /** The model is left as a deployment leaves it that found no connector; by now it is there. */
  async failToDeploy(): Promise<void> {
    await this.undeploy();
    await this.useConnectorId("gone");
    await this.api("POST", `${ML}/models/${this.modelId}/_deploy`);
    await this.until("DEPLOY_FAILED");
    await this.useConnectorId(this.connectorId);
  }

  /** Names another connector in the model's document, there or not: the server asks nothing. */
  async useConnectorId(id: string): Promise<void> {
    await this.api("PUT", `${ML}/models/${this.modelId}`, { connector_id: id });
  }

  async undeploy(): Promise<void> {
    await this.api("POST", `${ML}/models/${this.modelId}/_undeploy`);
  }

  /** A user of the secured server with these rights over the cluster, or with a role that it has. */
  async makeUser(name: string, rights: readonly string[] | { readonly role: string }): Promise<void> {
    const security = "/_plugins/_security/api";
    const role = "role" in rights ? rights.role : `${name}-role`;
    if (!("role" in rights)) await this.api("PUT", `${security}/roles/${role}`, { cluster_permissions: rights });
    const user = { password: PASSWORD, opendistro_security_roles: [role] };
    await this.api("PUT", `${security}/internalusers/${name}`, user);
  }

  async modelState(): Promise<string> {
    return String((await this.api("GET", `${ML}/models/${this.modelId}`)).model_state);
  }

  /** Waits until the model is in a state. */
  async until(state: string): Promise<void> {
    const look = async () => {
      const last = await this.modelState();
      return last === state ? { done: true } : { last };
    };
    await waitFor(look, { waitingFor: `the model to be ${state}`, deadline: Deadline.after(30_000) });
  }

  /** Asks the model until it refuses in these words. */
  async askUntil(words: RegExp): Promise<void> {
    const look = async () => {
      const last = JSON.stringify(await this.api("POST", `${ML}/models/${this.modelId}/_predict`, QUESTION));
      return words.test(last) ? { done: true } : { last };
    };
    await waitFor(look, { waitingFor: `the model to say ${words}`, deadline: Deadline.after(30_000) });
  }

  /** What the real server has no cause to say is said in front of it. */
  answerWith(path: string, status: number, body: unknown, method = "GET"): void {
    this.cluster.faults.add({ match: { method, path }, times: 99, action: { kind: "status", status, body } });
  }

  /** The real server's answers, with something of them otherwise. */
  rewrite(path: string, answer: (body: unknown) => unknown): void {
    this.cluster.faults.add({ match: { method: "GET", path }, times: 99, action: { kind: "rewrite", answer } });
  }

  /** As if the server were of another release: its number, its plugins' and some of its settings. */
  pretendRelease(number: string, defaults: Readonly<Record<string, unknown>> = {}): void {
    this.rewrite("/", (body) => {
      const info = body as { version: object };
      return { ...info, version: { ...info.version, number } };
    });
    this.rewrite("/_cat/plugins", (rows) =>
      (rows as { component: string }[]).map(({ component }) => ({ component, version: `${number}.0` })),
    );
    this.rewrite("/_cluster/settings", (body) => {
      const settings = body as { defaults?: object };
      return { ...settings, defaults: { ...settings.defaults, ...defaults } };
    });
  }

  /** The command's variables; `pulumi` is a program that prints this world's outputs. */
  private variables(): NodeJS.ProcessEnv {
    const pulumi = join(this.folder, "pulumi");
    writeFileSync(join(this.folder, "outputs.json"), JSON.stringify(this.outputs));
    this.stack.save([...this.docker.containers.keys()]);
    writeFileSync(pulumi, this.pulumi ?? pulumiDouble(this.folder));
    chmodSync(pulumi, 0o755);
    return {
      PATH: `${this.folder}:${process.env.PATH}`,
      DOCKER_HOST: this.docker.host,
      PULUMI_BACKEND_URL: SERVICE,
      ...this.environment,
    };
  }

  /** What the checks find on a machine that is in some way unlike this one. */
  async checksOn(machine: Partial<Machine>): Promise<CheckResult[]> {
    const environment = this.variables();
    const access = await findAccess({}, environment);
    return await runChecks(CHECKS, new Scene(access, { ...thisMachine(environment), ...machine }, 5));
  }

  /** Runs the command against this world's stack, at a terminal if there is a person. */
  async run(args: readonly string[], person?: Person): Promise<Ran> {
    const [out, err] = [sink(person !== undefined), sink(person !== undefined)];
    // The keys come when the question is there.
    if (person !== undefined) err.whenSaid("Shall doctor", () => person.keyboard.write(person.keys));
    const exitCode = await run(["node", "ollama-chat", "doctor", ...args], {
      in: person?.keyboard ?? new PassThrough(),
      out: out.stream,
      err: err.stream,
      environment: this.variables(),
    });
    return { exitCode, out: out.text(), err: err.text() };
  }

  /** What `doctor --json` finds. */
  async doctor(...args: string[]): Promise<{ exitCode: number; lines: readonly Line[] }> {
    const { exitCode, out } = await this.run(["--json", ...args]);
    return { exitCode, lines: JSON.parse(out) as Line[] };
  }
}
