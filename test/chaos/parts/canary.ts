import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newBackend, Project } from "../../engine/support/project";
import type { Json, Spec } from "../../engine/support/resource-world";
import type { ServerAddress } from "../../support/opensearch/address";
import { Draw } from "../draw";
import type { Trial } from "../findings";
import type { Part } from "../part";
import { type Part as ProgramPart, programOf, UNEDITED } from "../program";
import { watchCommandLines } from "../real/command-lines";
import { ChaosWorld } from "../world";

/** One secret in one situation. After every command, the places where it must not appear are searched. */
interface Case {
  readonly title: string;
  readonly act: (bird: Bird) => Promise<void>;
}

/** A canary for every secret, under the real engine. */
export const canary: Part = {
  id: "canary",
  title: "secrets looked for",
  counted: true,
  trials: async () => CASES.length,
  run: async (server, number) => {
    const each = CASES[number];
    if (each === undefined) throw new Error(`There are ${CASES.length} cases.`);
    return await canaryTrial(server, number, each);
  },
};

const CASES: readonly Case[] = [
  { title: "a stack's whole life", act: async (bird) => await bird.life() },
  { title: "a password in a variable, with the event log and --debug", act: async (bird) => await bird.fromVariable() },
  {
    title: "a refused connection",
    act: async (bird) => await bird.refused("ModelGroup", { connection: bird.connection({ maxRetries: 99 }) }),
  },
  {
    title: "a refused credential",
    act: async (bird) => await bird.refused("Connector", bird.connector({ credential: { key: bird.key, other: 5 } })),
  },
  {
    title: "a key in a header",
    act: async (bird) => await bird.refused("Connector", bird.connector({}, { headers: { "x-api-key": bird.key } })),
  },
  {
    title: "a key in a URL",
    act: async (bird) => await bird.refused("Connector", bird.connector({}, { url: `http://user:${bird.key}@h/` })),
  },
  {
    title: "a password in an endpoint",
    act: async (bird) => await bird.refused("OllamaModel", { endpoint: `http://user:${bird.key}@h:1`, model: "m" }),
  },
  { title: "a model server that echoes its key", act: async (bird) => await bird.echoed() },
  { title: "an OpenSearch that echoes what it was sent", act: async (bird) => await bird.echoedByOpenSearch() },
  { title: "the keys of a certificate", act: async (bird) => await bird.certificate() },
];

async function canaryTrial(server: ServerAddress, number: number, { title, act }: Case): Promise<Trial> {
  const draw = new Draw(number);
  const world = await ChaosWorld.start(server);
  const project = await Project.ofProgram("chaos", "test/engine/programs/resources.js", "dev", {}, newBackend());
  project.configure({ resources: join(project.folder, "resources.json") });
  const watch = watchCommandLines();
  world.told(title);
  try {
    await act(new Bird(world, project, draw));
    world.lookForSecrets("the command line of a process", watch.stop());
    return world.trial(draw);
  } finally {
    watch.stop();
    project.remove();
    await world.stop();
  }
}

/** A stack with canary secrets. All its output is searched for them. */
class Bird {
  readonly key: string;
  readonly #password: string;

  constructor(
    private readonly world: ChaosWorld,
    private readonly project: Project,
    draw: Draw,
  ) {
    this.key = world.secret(draw);
    this.#password = world.secret(draw);
  }

  connection(more: Json = {}): Json {
    return { ...this.world.connection(), password: this.#password, ...more };
  }

  connector(more: Json, action: Json = {}): Json {
    const usual = { actionType: "predict", method: "POST", url: "http://h/", requestBody: "{}" };
    return { connection: this.connection(), actions: [{ ...usual, ...action }], ...more };
  }

  async life(): Promise<void> {
    await this.#run(true, this.#program(), "up");
    await this.#run(true, this.#program(), "preview", "--diff", "--refresh");
    await this.#run(true, this.#program({ connector: 1, group: 1 }), "preview", "--diff", "--json");
    await this.#run(true, this.#program({ connector: 1, group: 1 }), "up", "--refresh");
    await this.#run(true, this.#program({ connector: 1, group: 1 }), "stack", "export");
    await this.#run(true, [], "destroy");
  }

  /** The engine gets no secret this way, so that not even its logs contain one. */
  async fromVariable(): Promise<void> {
    this.project.environment("CHAOS_PASSWORD", this.#password);
    const { password: _, ...others } = this.connection();
    const connection = { ...others, passwordEnv: "CHAOS_PASSWORD" };
    const program = this.#program({}, ["settings", "group", "index"], connection);
    const log = join(this.project.folder, "events.json");
    for (const command of ["up", "refresh", "destroy"]) {
      await this.#run(true, program, command, "--event-log", log, "--debug");
      this.world.lookForSecrets(`the event log of ${command}`, readFileSync(log, "utf8"));
    }
  }

  async refused(type: Spec["type"], args: Json): Promise<void> {
    await this.#run(false, [{ type, name: "wrong", args }], "preview");
    await this.#run(false, [{ type, name: "wrong", args }], "up");
  }

  async echoed(): Promise<void> {
    this.world.model.refusal = ({ authorization }) => ({
      status: 401,
      body: { error: `no such key: ${authorization}` },
    });
    await this.#run(false, this.#program(), "up");
    this.world.model.refusal = () => undefined;
    await this.#run(true, this.#program(), "destroy");
  }

  async echoedByOpenSearch(): Promise<void> {
    const reason = `cannot store [${this.key}], sent by [${this.#password}]`;
    const body = { error: { type: "illegal_argument_exception", reason }, status: 400 };
    const action = { kind: "status", status: 400, body } as const;
    this.world.cluster.faults.add({ match: { method: "POST", path: "/_plugins/_ml/connectors/_create" }, action });
    await this.#run(false, this.#program(), "up");
    await this.#run(true, this.#program(), "destroy");
  }

  async certificate(): Promise<void> {
    const args = { dnsNames: ["localhost"], organization: "chaos" };
    const spec: Spec = { type: "TlsCertificate", name: "certificate", args };
    for (const command of ["up", "preview", "refresh"]) {
      const output = await this.#run(true, [spec], command, ...(command === "preview" ? ["--diff"] : []));
      for (const [where, text] of [
        [`the output of ${command}`, output],
        ["the state", this.project.stateText()],
      ] as const) {
        if (text.includes("PRIVATE KEY")) this.world.found("secret", `${where} shows a private key`);
      }
    }
  }

  #program(
    edits: Partial<typeof UNEDITED> = {},
    parts?: readonly ProgramPart[],
    connection = this.connection(),
  ): Spec[] {
    const { world, key } = this;
    const flavour = { named: false, described: true };
    const common = { connection, endpoint: world.model.endpoint, flavour, prefix: "mine", key };
    return programOf({ ...common, edits: { ...UNEDITED, ...edits }, ...(parts === undefined ? {} : { parts }) });
  }

  async #run(succeeds: boolean, program: readonly Spec[], command: string, ...args: string[]): Promise<string> {
    this.project.write("resources.json", JSON.stringify(program));
    const changing = ["up", "refresh", "destroy"].includes(command) ? ["--yes", "--skip-preview"] : [];
    const { code, output } = await this.project.cli(command, ...changing, ...args);
    const line = [command, ...args.filter((each) => !each.startsWith("/"))].join(" ");
    if ((code === 0) !== succeeds) this.world.found("stuck", `${line} ended with ${code}: ${output.slice(-600)}`);
    this.world.lookForSecrets(`the output of ${line}`, output);
    this.world.lookForSecrets("the state", this.project.stateText());
    return output;
  }
}
