import { once } from "node:events";
import { join } from "node:path";
import { killAll } from "../../engine/support/kill";
import { newBackend, Project } from "../../engine/support/project";
import type { Spec } from "../../engine/support/resource-world";
import type { Command, Ended, Kept, Running, Stack, Victim } from "../stack";
import { processesOf } from "./victims";

/** A stack under Pulumi's CLI and engine, with its own file backend. */
export class RealStack implements Stack {
  private constructor(private readonly project: Project) {}

  static async create(stack: string): Promise<RealStack> {
    const project = await Project.ofProgram("chaos", "test/engine/programs/resources.js", stack, {}, newBackend());
    project.configure({ resources: join(project.folder, "resources.json") });
    return new RealStack(project);
  }

  declare(program: readonly Spec[]): void {
    this.project.write("resources.json", JSON.stringify(program));
  }

  start(command: Command): Running {
    const child = this.project.start(command, "--yes", "--skip-preview");
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    // Not "close": processes that outlive a killed command may keep its output open.
    const exited = once(child, "exit") as Promise<[number | null]>;
    const root = child.pid ?? 0;
    let family: number[] = [];
    return {
      ended: exited.then(([code]) => ({ code: code ?? 1, output })),
      kill: async (victim: Victim) => {
        family = processesOf(root, "all");
        killAll(processesOf(root, victim));
        // Without its provider or program, the command has to exit by itself.
        if (victim === "command" || victim === "all") await exited;
      },
      sweep: async () => killAll(family.filter((id) => id !== root)),
    };
  }

  async unlock(): Promise<Ended> {
    return await this.project.cli("cancel", "--yes");
  }

  resources(): readonly Kept[] {
    return this.project
      .resources()
      .filter((each) => each.type.startsWith("pulumi-nodejs:dynamic/") && each.delete !== true)
      .map(({ urn, type, id = "", outputs = {} }) => ({
        name: urn.slice(urn.lastIndexOf("::") + 2),
        type: type.slice(type.lastIndexOf(":") + 1),
        id,
        outputs,
      }));
  }

  stateText(): string {
    return this.project.stateText();
  }

  remove(): void {
    this.project.remove();
  }
}
