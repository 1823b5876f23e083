import { join } from "node:path";
import { toolchainEnvironment } from "./environment";
import { ToolchainError } from "./failure";
import { install } from "./install";
import { packageRoot } from "./package-root";
import type { Context } from "./part";
import { runInForeground } from "./run";
import type { Selection } from "./selection";

/** `npm test`: installs everything, then runs all test projects. In CI a test that can't run is a failure. */
export async function runTests(context: Context, args: readonly string[]): Promise<number> {
  const selection = await install("tests", context);
  const missing = whatCannotRun(selection);
  for (const line of missing) context.steps.say(`NOT TESTED: ${line}`);
  if (missing.length > 0 && process.env.CI === "true") {
    throw new ToolchainError("In CI all tests must be able to run, and these can't:", missing.join("\n"));
  }
  const { nodeFolder, pulumiFolder, dockerHost } = selection;
  const environment = {
    ...process.env,
    ...toolchainEnvironment({ cache: context.cache, nodeFolder, pulumiFolder, dockerHost }, process.env),
  };
  const vitest = join(packageRoot, "node_modules", "vitest", "vitest.mjs");
  return runInForeground(process.execPath, [vitest, "run", ...args], { cwd: packageRoot, environment });
}

/** What cannot be tested on this machine, each with its reason. */
export function whatCannotRun({ noDocker, noOllama, noOpenSearch, noOtherMachine, noBrowser }: Selection): string[] {
  return [
    ...(noDocker ? [`the stack in Docker. ${noDocker}`] : []),
    ...(noOtherMachine ? [`a stack on another machine. ${noOtherMachine}`] : []),
    ...(noOpenSearch ? [`what needs a real OpenSearch. ${noOpenSearch}`] : []),
    ...(noOllama ? [`the stack on existing servers. ${noOllama}`] : []),
    ...(noBrowser ? [`the page in a browser. ${noBrowser}`] : []),
  ];
}
