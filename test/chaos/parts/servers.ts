import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../tools/toolchain/ollama-server";
import { type OpenSearchServer, type ServerOptions, startOpenSearch } from "../../../tools/toolchain/opensearch/server";
import { readSelection } from "../../../tools/toolchain/selection";
import { Draw } from "../draw";
import type { Trial } from "../findings";
import type { Part } from "../part";
import { edited, programOf, UNEDITED } from "../program";
import { QuickStack } from "../quick/quick-stack";
import type { Command } from "../stack";
import { ChaosWorld, lastWords } from "../world";

/** Kills OpenSearch in the middle of a command and restarts it on its data. */
export const servers: Part = {
  id: "servers",
  title: "OpenSearch killed under a command",
  trials: 2,
  // Uses its own server, since later parts need the shared one.
  run: async (_server, seed) => await serverTrial(new Draw(seed)),
};

async function serverTrial(draw: Draw): Promise<Trial> {
  const found = readSelection()?.opensearch;
  if (found === undefined) throw new Error("The toolchain has no OpenSearch.");
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-chaos-killed-"));
  // The server runs as another user, who needs access to the folder.
  chmodSync(folder, 0o711);
  const settings = { "plugins.ml_commons.sync_up_job_interval_in_seconds": 0 };
  const options: ServerOptions = { ...found, folder, port: await freePort(), settings };
  let server: OpenSearchServer = await startOpenSearch(options);
  const world = await ChaosWorld.start({ endpoint: server.endpoint });
  const stack = new QuickStack();
  try {
    const trial = new ServerTrial(world, draw, stack);
    await trial.untilKill(() => {
      process.kill(server.processId, "SIGKILL");
    });
    await server.stop();
    server = await startOpenSearch(options);
    // The server answers before it can read its data.
    await world.server.done(
      "GET",
      "/_cluster/health?wait_for_no_initializing_shards=true&wait_for_status=yellow&timeout=60s",
    );
    await trial.goOn();
    return world.trial(draw);
  } finally {
    stack.remove();
    await world.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

class ServerTrial {
  readonly #key: string;
  readonly #command: Command;
  readonly #standing: boolean;
  #edits = UNEDITED;

  constructor(
    private readonly world: ChaosWorld,
    private readonly draw: Draw,
    private readonly stack: QuickStack,
  ) {
    this.#key = world.secret(draw);
    this.#standing = draw.chance(0.6);
    this.#command = this.#standing ? draw.of<Command>(["up", "destroy"]) : "up";
  }

  async untilKill(kill: () => void): Promise<void> {
    const { world, draw, stack } = this;
    if (draw.chance(0.5)) await world.addForeign();
    this.#declare();
    if (this.#standing) {
      await world.run(stack, "up");
      this.#edits = edited(this.#edits, draw);
      this.#declare();
    }
    const nth = draw.whole(1, this.#standing ? 2 : 5);
    const kind = draw.of(["instead", "after"] as const);
    const act = async () => kill();
    world.cluster.faults.add({ match: { isWrite: true }, nth, action: { kind, act } });
    const moment = kind === "after" ? "after" : "before";
    world.told(`${this.#standing ? "standing" : "first"} ${this.#command}, OpenSearch killed ${moment} write ${nth}`);
    const { output } = await world.once(stack, this.#command);
    world.told(`(it said: ${lastWords(output)})`);
    world.cluster.faults.clear();
  }

  async goOn(): Promise<void> {
    const { world, draw, stack } = this;
    if (this.#command === "destroy" && draw.chance(0.5)) world.told("destroy again");
    else {
      // The interrupted operation may be done or not, so refresh first.
      world.told("refresh, up, destroy");
      await world.run(stack, "refresh");
      const program = this.#declare();
      await world.run(stack, "up");
      world.expect("the stack", stack, program);
      await world.check("after the restart");
    }
    await world.run(stack, "destroy");
    await world.checkEmpty();
  }

  #declare() {
    const { world, stack } = this;
    const program = programOf({
      connection: world.connection(),
      endpoint: world.model.endpoint,
      flavour: { named: true, described: true },
      edits: this.#edits,
      prefix: "mine",
      key: this.#key,
    });
    stack.declare(program);
    return program;
  }
}
