import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestCluster } from "../support/opensearch/test-cluster";
import { changes, Project, repository } from "./support/project";
import { hasEngine } from "./support/toolchain";

const PNPM = "pnpm@12.21.0";
const { devDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  devDependencies: Record<string, string>;
};
/** What its author installs beside the package. */
const BESIDE = ["typescript", "@types/node"].map((name) => `${name}@${devDependencies[name]}`).join(" ");

/** How each manager installs the tarball. Nothing of it may need an install script. */
const MANAGERS = {
  npm: (tarball: string) => `npm install --ignore-scripts --no-audit --no-fund "${tarball}" @pulumi/pulumi ${BESIDE}`,
  pnpm: (tarball: string) =>
    `npx --yes ${PNPM} add --ignore-scripts --store-dir "$PWD/store" "${tarball}" @pulumi/pulumi ${BESIDE}`,
} as const;

const BODY = `
const endpoint = new pulumi.Config().require("endpoint");
const connection = { endpoint };
const group = new ModelGroup("packed", { connection });
new SearchIndex("documents", { connection, forceDelete: true });
`;

/** The same program in each module system. */
const PROGRAMS = {
  "a CommonJS program": {
    main: "index.cjs",
    text: `const pulumi = require("@pulumi/pulumi");\nconst { ModelGroup, SearchIndex } = require("pulumi-ollama-chat");${BODY}exports.groupId = group.id;\n`,
  },
  "an ES module": {
    main: "index.mjs",
    text: `import * as pulumi from "@pulumi/pulumi";\nimport { ModelGroup, SearchIndex } from "pulumi-ollama-chat";${BODY}export const groupId = group.id;\n`,
  },
} as const;

/** Uses types of every kind: a class, a component, a preset, a function, an object of choices. */
const TYPED = `
import * as pulumi from "@pulumi/pulumi";
import { ChatApi, ModelGroup, OllamaChatStack, type OllamaChatStackArgs, ollamaChat, promptText } from "pulumi-ollama-chat";

const endpoint: string = new pulumi.Config().require("endpoint");
export const groupId: pulumi.Output<string> = new ModelGroup("typed", { connection: { endpoint } }).id;
export const preset = ollamaChat({ endpoint, model: "smollm2:135m" });
export const prompt: string = promptText("why?");
const args: OllamaChatStackArgs = { api: ChatApi.chat, opensearch: { existing: { endpoint } } };
export const stack = new OllamaChatStack("chat", args);
// @ts-expect-error an argument that there is not
new ModelGroup("wrong", { connection: { endpoint }, nome: "x" });
`;

describe.skipIf(!hasEngine)("the package from its tarball, in an empty project", () => {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-tarball-"));
  let cluster: TestCluster;
  let tarball: string;

  beforeAll(async () => {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: repository,
      encoding: "utf8",
    });
    tarball = join(folder, /"filename": "([^"]+)"/.exec(packed)?.[1] ?? "");
    cluster = await TestCluster.start();
  });

  afterAll(async () => {
    await cluster?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each([
    ["npm", "an ES module"],
    ["pnpm", "a CommonJS program"],
  ] as const)("installed by %s", (manager, kind) => {
    const { main, text } = PROGRAMS[kind];
    let project: Project;

    beforeAll(async () => {
      const runtime = { name: "nodejs", options: { typescript: false } };
      const files = {
        "Pulumi.yaml": JSON.stringify({ name: `packed-${manager}`, runtime, main }),
        "package.json": JSON.stringify({ name: `packed-${manager}`, private: true }),
        [main]: text,
        "typed.ts": TYPED,
      };
      project = await Project.ofFiles(`packed-${manager}`, files, { endpoint: cluster.url });
      const { code, output } = await project.shell(MANAGERS[manager](tarball));
      expect(code, output).toBe(0);
    });

    afterAll(() => project?.remove());

    const run = async (script: string) => {
      const { code, output } = await project.shell(script);
      expect(code, output).toBe(0);
      return output.trim();
    };

    it("has the same exports by require and by import, the command, and the entry that the state names", async () => {
      const required = await run(`node -p 'Object.keys(require("pulumi-ollama-chat")).sort().join()'`);
      const imported = await run(
        `node --input-type=module -e 'console.log(Object.keys((await import("pulumi-ollama-chat")).default).sort().join())'`,
      );
      expect(imported).toBe(required);
      expect(required.split(",")).toEqual(expect.arrayContaining(["ModelGroup", "OllamaChatStack", "ollamaChat"]));
      await run(
        `node --input-type=module -e 'import { ModelGroup, OllamaChatStack, ollamaChat } from "pulumi-ollama-chat"; if (!ModelGroup || !OllamaChatStack || !ollamaChat) process.exit(1)'`,
      );
      expect(await run(`node -p 'typeof require("pulumi-ollama-chat/provider/model-group").create'`)).toBe("function");
      expect(await run("node_modules/.bin/ollama-chat --version")).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it.each([
      ["node16", "node16"],
      ["esnext", "bundler"],
    ])(
      "has types for TypeScript's module %s, resolved by %s, its dependencies' checked too",
      async (module, resolution) => {
        const flags = `--noEmit --strict --skipLibCheck false --target es2023 --types node`;
        await run(`node_modules/.bin/tsc ${flags} --module ${module} --moduleResolution ${resolution} typed.ts`);
      },
    );

    it(`makes and takes down what ${kind} asks for`, async () => {
      const up = await project.up();
      expect(up.code, up.output).toBe(0);
      expect(changes(up).sort()).toEqual(["create ModelGroup", "create SearchIndex"]);
      expect(await project.outputs()).toEqual({ groupId: expect.stringMatching(/\S/) });
      const again = await project.preview("--expect-no-changes");
      expect(again.code, again.output).toBe(0);
      const down = await project.destroy();
      expect(down.code, down.output).toBe(0);
      expect(changes(down).sort()).toEqual(["delete ModelGroup", "delete SearchIndex"]);
    });
  });
});
