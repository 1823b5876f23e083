import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { redact } from "../clients/redact";
import { ExitCode } from "./exit-codes";
import { Interrupted } from "./interrupted";
import { Session } from "./session";
import { processSurroundings, type Surroundings } from "./surroundings";

const EXIT_CODES = `
Exit codes:
  0    done
  1    the servers were asked, and it did not work
  2    the command line, a file or a variable is not right; nothing was asked
  3    there is no stack to read, or it lacks what the command needs
  4    doctor found something that is wrong
  130  ended by Ctrl+C

Without flags, endpoints come from the outputs of the selected Pulumi stack.`;

type Register = (program: Command, session: Session) => void;

/** The commands, in the order in which the help names them. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  ask: async () => (await import("./commands/ask/command.js")).registerAsk,
  chat: async () => (await import("./commands/chat/command.js")).registerChat,
  prompt: async () => (await import("./commands/prompt/command.js")).registerPrompt,
  models: async () => (await import("./commands/models/command.js")).registerModels,
  doctor: async () => (await import("./commands/doctor/command.js")).registerDoctor,
  rag: async () => (await import("./commands/rag/command.js")).registerRag,
};

/** Of a command that the line names, only its own flags are made: all of them are a tenth of the start of `ask`. */
async function registered(named: string | undefined): Promise<Register[]> {
  const only = Object.entries(COMMANDS).filter(([name]) => name === named);
  const wanted = only.length > 0 ? only : Object.entries(COMMANDS);
  return await Promise.all(wanted.map(([, load]) => load()));
}

/**
 * Runs the command line; resolves to the exit code. Each command loads its own code when it is used.
 *
 * @param surroundings streams and variables. Default: the process's.
 */
export async function run(
  argv: readonly string[],
  surroundings: Surroundings = processSurroundings(),
): Promise<ExitCode> {
  const session = new Session(surroundings);
  const program = new Command("ollama-chat")
    .description("Talk to the model of a pulumi-ollama-chat stack, ask your documents, and find out what is wrong.")
    .version(version())
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(ollama-chat --help shows what there is)")
    .configureOutput({
      writeOut: (text) => surroundings.out.write(text),
      // It repeats a flag that it does not know, as in `--password=…`.
      writeErr: (text) => surroundings.err.write(redact(text, [])),
    })
    .exitOverride();
  for (const register of await registered(argv[2])) register(program, session);
  try {
    await program.parseAsync([...argv]);
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (error instanceof Interrupted) return ExitCode.interrupted;
    const { reportFailure } = await import("./report-failure.js");
    return reportFailure(error, session.output({ json: argv.includes("--json") }), session.secrets);
  }
}

/** This file lies in `cli/`, or once compiled in `dist/cli/`. */
function version(): string {
  for (const up of ["..", "../.."]) {
    try {
      const described: unknown = JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8"));
      if (typeof described === "object" && described !== null && "version" in described) {
        return String(described.version);
      }
    } catch {
      // Not there: the other folder has it.
    }
  }
  return "unknown";
}
