import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STACK_LABEL } from "../../components/stack-label";
import { KILLED_WORDS } from "../server/diagnosis/killed-words";
import { doctor } from "./support/doctor";
import { Project } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const NAME = `leftovers${process.pid}`;
const OLLAMA = `${NAME}-dev-chat-ollama`;
const NETWORK = `${NAME}-dev-chat-network`;
const LABEL = `${STACK_LABEL}=${NAME}/dev`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const listed = (...args: string[]) =>
  docker(...args, "--filter", `label=${LABEL}`)
    .split("\n")
    .filter(Boolean);

// What Docker's plugin made for a pulumi that was killed before it wrote that down is made here by hand.
describe.skipIf(!hasEngine || !hasDocker)(
  "what a killed pulumi leaves in Docker, and the commands that put it right",
  () => {
    let project: Project;
    const image = toolchain?.images?.ollama ?? "";

    beforeAll(async () => {
      project = await Project.ofProgram(NAME, "test/engine/programs/docker.js", "dev", { image });
    });

    afterAll(async () => {
      const containers = listed("ps", "--all", "--quiet");
      if (containers.length > 0) docker("rm", "--force", ...containers);
      await project?.destroy();
      project?.remove();
    });

    /** A command as the documents give it. */
    const works = async (command: string): Promise<string> => {
      const { code, output } = await project.shell(command);
      expect(code, output).toBe(0);
      return output;
    };
    const refused = async (command: string): Promise<string> => {
      const { code, output } = await project.shell(command);
      expect(code, output).not.toBe(0);
      return output.replaceAll(OLLAMA, "NAME").replaceAll(NETWORK, "NAME");
    };
    const leftOvers = async () => (await doctor(project)).find(({ id }) => id === "stack-left-overs");

    it("a network: its name is taken, and without it up goes on", async () => {
      docker("network", "create", "--label", LABEL, NETWORK);
      expect(await refused("pulumi up --yes --skip-preview")).toContain(KILLED_WORDS.network.says);
      expect(await leftOvers()).toMatchObject({
        status: "warn",
        symptom: "network-left-over",
        seen: `the state does not know ${NETWORK}`,
        fix: expect.stringContaining(`docker network rm ${NETWORK} and pulumi up --yes.`),
      });
      const whose = `docker network inspect --format '{{index .Labels "pulumi-ollama-chat.stack"}}' ${NETWORK}`;
      expect(await works(whose)).toBe(`${NAME}/dev\n`);
      await works(`docker network rm ${NETWORK}`);
    });

    it("a container: its name is taken, and without it up goes on", async () => {
      docker("create", "--name", OLLAMA, "--label", LABEL, image);
      expect(await refused("pulumi up --yes --skip-preview")).toContain(KILLED_WORDS.container.says);
      expect(await leftOvers()).toMatchObject({
        status: "warn",
        symptom: "container-left-over",
        seen: `the state does not know ${OLLAMA}`,
        fix: expect.stringContaining(`run docker rm --force ${OLLAMA} and pulumi up --yes.`),
      });
      const whose = `docker inspect --format '{{index .Config.Labels "pulumi-ollama-chat.stack"}}' ${OLLAMA}`;
      expect(await works(whose)).toBe(`${NAME}/dev\n`);
      await works(`docker rm --force ${OLLAMA}\npulumi up --yes --skip-preview`);
      expect(await leftOvers()).toMatchObject({ status: "ok", seen: "none" });
    });

    it("a container in the way of destroy: Docker names it, and without it destroy goes on", async () => {
      const other = `${NAME}-dev-chat-old`;
      docker(
        "run",
        "--detach",
        "--name",
        other,
        "--label",
        LABEL,
        "--network",
        NETWORK,
        "--volume",
        `${OLLAMA}:/m`,
        image,
      );
      const said = await refused("pulumi destroy --yes --skip-preview");
      expect(said).toContain(KILLED_WORDS["volume in use"].says);
      expect(said).toContain(KILLED_WORDS["network in use"].says);
      for (const filter of [`volume=${OLLAMA}`, `network=${NETWORK}`]) {
        expect(await works(`docker ps --all --filter ${filter} --format '{{.Names}}'`)).toBe(`${other}\n`);
      }
      await works(`docker rm --force ${other}\npulumi destroy --yes --skip-preview`);
      expect(listed("network", "ls", "--quiet")).toEqual([]);
    });

    it("a volume is used again with what is in it, without a word", async () => {
      docker("volume", "create", "--label", LABEL, OLLAMA);
      await works("pulumi up --yes --skip-preview");
      expect(await leftOvers()).toMatchObject({ status: "ok", seen: "none" });
      await works("pulumi destroy --yes --skip-preview");
      expect(listed("volume", "ls", "--quiet")).toEqual([]);
    });
  },
);
