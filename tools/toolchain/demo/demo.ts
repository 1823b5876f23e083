import { rmSync } from "node:fs";
import { join } from "node:path";
import { answerRemarks } from "../../../cli/answering/measures";
import { toolchainEnvironment } from "../environment";
import { ToolchainError } from "../failure";
import { install } from "../install";
import type { Context } from "../part";
import { attempt, run, runInForeground } from "../run";
import type { Selection } from "../selection";
import { formatSeconds } from "../steps";
import { findLeftovers, madeByStack } from "./leftovers";
import { ask, type DemoAnswer, type Outputs, outputsSchema } from "./question";
import { type DemoCli, demoEnvironment, demoFolder, forgetOwnPassphrase, isDemoSetUp, setUpDemo } from "./settings";

const question = "Why is the sky blue?";

/** `npm run demo`: set-up, `pulumi up`, a question and its answer. */
export async function runDemo(context: Context): Promise<number> {
  const say = (line: string) => console.log(line);
  const started = performance.now();
  forgetOwnPassphrase();
  const selection = await install("stack", context);
  const cli = demoCli(selection, context);
  await setUpDemo(cli, selection, say);
  const setUpSeconds = secondsSince(started);
  say(`Set up in ${formatSeconds(setUpSeconds)}. Now: pulumi up`);
  const upStarted = performance.now();
  const exitCode = await pulumi(cli, ["up", "--yes", "--skip-preview", "--suppress-permalink=true"]);
  if (exitCode !== 0) {
    say("\nThe stack is incomplete. Its state lists what exists: run npm run demo again, or npm run demo:down.");
    return exitCode;
  }
  const upSeconds = secondsSince(upStarted);
  const outputs = await readOutputs(cli);
  say(`\n${question}`);
  const answer = await ask(question, outputs);
  printAnswer(answer, outputs, selection, say);
  say(
    `Set-up ${formatSeconds(setUpSeconds)}, pulumi up ${formatSeconds(upSeconds)}, answer ${formatSeconds(answer.seconds)}.`,
  );
  printWhatNext(outputs, say);
  return 0;
}

/** `npm run demo:down`: `pulumi destroy`, then a check that only images are left. */
export async function runDemoDown(context: Context): Promise<number> {
  const say = (line: string) => console.log(line);
  if (!isDemoSetUp()) {
    say("There is no demo to take down.");
    return 0;
  }
  forgetOwnPassphrase();
  const selection = await install("stack", context);
  const cli = demoCli(selection, context);
  const options = { cwd: demoFolder, environment: cli.environment };
  const exported = await attempt(cli.program, ["stack", "export"], options);
  const made = exported.code === 0 ? madeByStack(exported.stdout) : [];
  const exitCode = await pulumi(cli, ["destroy", "--yes", "--skip-preview", "--suppress-permalink=true"]);
  if (exitCode !== 0) {
    say("\nSome resources are left. The state still lists them: run npm run demo:down again.");
    return exitCode;
  }
  const remaining = madeByStack(await run(cli.program, ["stack", "export"], options));
  if (remaining.length > 0) throw new ToolchainError(`The state still names ${remaining.length} resources.`);
  const leftovers = await findLeftovers(made, "pulumi-ollama-chat/demo");
  if (leftovers.length > 0) {
    throw new ToolchainError("Left over after pulumi destroy:", leftovers.map((line) => `  ${line}`).join("\n"));
  }
  rmSync(demoFolder, { recursive: true, force: true });
  say(
    `\n${made.length} resources were in the state; none is left. No container, network or volume carries the stack's label.`,
  );
  say("The ML objects were deleted one by one above, and OpenSearch's volume with its indices is gone.");
  say(
    "The demo's state, passphrase and password are deleted. Docker keeps the images, and the cache folder keeps the programs.",
  );
  return 0;
}

function demoCli(selection: Selection, { cache }: Context): DemoCli {
  const { nodeFolder, pulumiFolder, dockerHost } = selection;
  return {
    program: join(pulumiFolder, "pulumi"),
    environment: {
      ...toolchainEnvironment({ cache, nodeFolder, pulumiFolder, dockerHost }, process.env),
      ...demoEnvironment(),
    },
  };
}

function pulumi(cli: DemoCli, args: readonly string[]): Promise<number> {
  return runInForeground(cli.program, args, { cwd: demoFolder, environment: { ...process.env, ...cli.environment } });
}

async function readOutputs(cli: DemoCli): Promise<Outputs> {
  const options = { cwd: demoFolder, environment: cli.environment };
  return outputsSchema.parse(
    JSON.parse(await run(cli.program, ["stack", "output", "--json", "--show-secrets"], options)),
  );
}

function printAnswer(
  answer: DemoAnswer,
  { chatModel }: Outputs,
  { adaptedSecurity }: Selection,
  say: (line: string) => void,
): void {
  say(`\n${answer.text.trim()}\n`);
  for (const remark of answerRemarks(answer)) say(remark);
  say(`— ${chatModel} in Ollama, asked through OpenSearch, ${formatSeconds(answer.seconds)}`);
  say(
    `Everything here is real: OpenSearch ${answer.version} with its ML Commons plugin, its users and TLS, Ollama and the model.`,
  );
  if (adaptedSecurity === undefined) return;
  say(
    `The image was built here from Maven's registry. Its security plugin is the one of ${adaptedSecurity}, adapted: there is no later one.`,
  );
}

function printWhatNext(outputs: Outputs, say: (line: string) => void): void {
  say(`
Next:
  npm run ollama-chat -- web --open               talk with the model on a page
  npm run ollama-chat -- chat                     the same in the terminal; also ask "…", models, doctor
  npm run pulumi -- stack output                  endpoints and ids (add --show-secrets for the password)
  npm run pulumi -- preview                       shows no changes
  npm run pulumi -- config set api chat           speak to Ollama by /api/chat, then: npm run pulumi -- up
  ${`curl ${outputs.ollamaEndpoint}/api/tags`.padEnd(48)}Ollama itself
  npm run demo:down                               take it all down`);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
