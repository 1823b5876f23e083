import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestCluster } from "../support/opensearch/test-cluster";
import { changes, Project } from "./support/project";
import { hasEngine } from "./support/toolchain";

/** One resource of this package, and one whose provider stands in the program and is serialised. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { ModelGroup } from "pulumi-ollama-chat";

const endpoint: string = new pulumi.Config().require("endpoint");
const greeting = (name: string): string => \`hello, \${name}\`;

class Greeting extends pulumi.dynamic.Resource {
  declare readonly text: pulumi.Output<string>;

  constructor(name: string, args: { readonly to: pulumi.Input<string> }) {
    const create = async ({ to }: { to: string }) => ({ id: to, outs: { to, text: greeting(to) } });
    super({ create }, name, { text: undefined, ...args });
  }
}

const group = new ModelGroup("written-in-typescript", { connection: { endpoint }, name: "typed" });
export const groupId = group.id;
export const greeted = new Greeting("greeting", { to: group.name }).text;
`;

describe.skipIf(!hasEngine)("a TypeScript program under the commands' fast start, on the real engine", () => {
  let cluster: TestCluster;
  let project: Project;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    project = await Project.ofTypeScript("typed", PROGRAM, { endpoint: cluster.url });
  });

  afterAll(async () => {
    project?.remove();
    await cluster?.close();
  });

  it("is compiled, makes this package's resources, and its own provider is serialised and runs", async () => {
    expect(process.env.NODE_OPTIONS).toContain("fast-start");
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toEqual(["create ModelGroup", "create Resource"]);
    expect(await project.outputs()).toEqual({ groupId: expect.any(String), greeted: "hello, typed" });
  });

  it("has nothing to do the next time, and its state names lines of TypeScript", async () => {
    const again = await project.preview("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
    const group = project.resources().find(({ type }) => type.endsWith(":ModelGroup"));
    expect(group?.sourcePosition).toBe("project:///index.ts#17,15");
  });

  it("is told of its own mistake with the line, before anything is made", async () => {
    project.write("index.ts", PROGRAM.replace('name: "typed"', "name: 7"));
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      "index.ts(17,83): error TS2322: Type 'number' is not assignable to type 'Input<string> | undefined'.",
    );
  });

  it("takes its resources down", async () => {
    project.write("index.ts", PROGRAM);
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toEqual(["delete Resource", "delete ModelGroup"]);
  });
});
