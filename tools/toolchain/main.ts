import { join } from "node:path";
import { openCache } from "./cache";
import { runChecks } from "./check";
import { runDemo, runDemoDown } from "./demo/demo";
import { demoEnvironment, demoFolder, forgetOwnPassphrase, isDemoSetUp } from "./demo/settings";
import { printDoctor } from "./doctor";
import { toolchainEnvironment } from "./environment";
import { ToolchainError } from "./failure";
import { install } from "./install";
import { runOpenSearch, stopOpenSearch } from "./opensearch/command";
import { packageRoot } from "./package-root";
import type { Context } from "./part";
import { endChildrenOnSignals, runInForeground } from "./run";
import type { Selection } from "./selection";
import { formatSeconds, StepRunner } from "./steps";
import { runTests } from "./test-run";

const ollamaChat = join(packageRoot, "dist", "cli", "main.js");

const usage = `Usage: node tools/toolchain/bootstrap.mjs <command>

  install          install everything that the demo and the tests need
  doctor           list the installed parts, with their sources and folders
  demo             start the stack, ask a question, print the answer
  demo:down        take the stack down and check that only images are left
  pulumi <args>    run the Pulumi CLI on the demo's stack
  ollama-chat <args>
                   ask the demo's model, chat with it, and more (--help)
  opensearch [--port <number>] [--data <folder>]
                   OpenSearch with ML Commons as a process, without Docker
  opensearch:stop  stop it
  check            types, lint and format
  test <args>      run all tests; arguments go to vitest
  exec <command>   run a command in the toolchain's environment`;

async function main(command: string | undefined, args: readonly string[]): Promise<number> {
  const cache = openCache();
  const context: Context = { cache, steps: new StepRunner(cache.path("logs")) };
  switch (command) {
    case "install": {
      const started = performance.now();
      const selection = await install("tests", context);
      reportInstall(selection, context, (performance.now() - started) / 1000);
      return 0;
    }
    case "doctor":
      await printDoctor(context, (line) => console.log(line));
      return 0;
    case "demo":
      return runDemo(context);
    case "demo:down":
      return runDemoDown(context);
    case "test":
      return runTests(context, args);
    case "opensearch":
      return runOpenSearch(context, args);
    case "opensearch:stop":
      return stopOpenSearch(context);
    case "check":
      return runChecks();
    case "pulumi": {
      if (isDemoSetUp()) forgetOwnPassphrase();
      const selection = await install("stack", context);
      const base = environmentOf(selection, context);
      const cli = join(selection.pulumiFolder, "pulumi");
      if (!isDemoSetUp()) {
        context.steps.say("The demo is not set up, so Pulumi runs without its stack. npm run demo sets it up.");
        return runInForeground(cli, args, { cwd: packageRoot, environment: base });
      }
      return runInForeground(cli, args, { cwd: demoFolder, environment: { ...base, ...demoEnvironment() } });
    }
    case "ollama-chat": {
      const setUp = isDemoSetUp();
      if (setUp) forgetOwnPassphrase();
      const base = environmentOf(await install("stack", context), context);
      if (!setUp)
        context.steps.say("The demo is not set up, so the command runs without its stack. npm run demo sets it up.");
      const environment = setUp ? { ...base, ...demoEnvironment(), OLLAMA_CHAT_CWD: demoFolder } : base;
      // The user's folder: paths in the arguments are relative to it.
      const cwd = process.env.INIT_CWD ?? process.cwd();
      return runInForeground(process.execPath, [ollamaChat, ...args], { cwd, environment });
    }
    case "exec": {
      const [program, ...rest] = args;
      if (program === undefined) throw new ToolchainError("exec needs a command to run.", usage);
      const environment = environmentOf(await install("tests", context), context);
      return runInForeground(program, rest, { environment });
    }
    default:
      throw new ToolchainError(command ? `There is no command "${command}".` : "Which command?", usage);
  }
}

function environmentOf(selection: Selection, { cache }: Context): NodeJS.ProcessEnv {
  const { nodeFolder, pulumiFolder, dockerHost } = selection;
  return { ...process.env, ...toolchainEnvironment({ cache, nodeFolder, pulumiFolder, dockerHost }, process.env) };
}

function reportInstall(selection: Selection, context: Context, seconds: number): void {
  const lines = [
    `Everything is in place (${formatSeconds(seconds)}).`,
    selection.noDocker && `Docker can't be used, so only existing servers work: ${selection.noDocker}`,
    selection.noOllama && `No Ollama outside Docker: ${selection.noOllama}`,
    selection.noOpenSearch && `No OpenSearch outside Docker: ${selection.noOpenSearch}`,
    selection.noBrowser && `No browser for the tests of the page: ${selection.noBrowser}`,
  ];
  for (const line of lines) if (line) context.steps.say(line);
}

endChildrenOnSignals();
main(process.argv[2], process.argv.slice(3)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error instanceof ToolchainError ? `\n${error.message}` : error);
    process.exitCode = 1;
  },
);
