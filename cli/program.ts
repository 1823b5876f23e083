import { Command, CommanderError } from "commander";
import { redact } from "../clients/redact";
import { registerAsk } from "./commands/ask/ask";
import { registerChat } from "./commands/chat/chat";
import { registerDoctor } from "./commands/doctor/doctor";
import { registerModels } from "./commands/models/models";
import { registerPrompt } from "./commands/prompt/prompt";
import { registerRag } from "./commands/rag/command";
import { registerWeb } from "./commands/web/web";
import { ExitCode, Interrupted } from "./failure";
import { type ProcessIo, processIo } from "./process-io";
import { reportFailure } from "./report-failure";
import { Session } from "./session";
import { packageVersion } from "./version";

const EXIT_CODES = `
Exit codes:
  0    done
  1    a request to a server failed
  2    the command line, a file or a variable is invalid; no server was contacted
  3    there is no stack to read, or it lacks what the command needs
  4    doctor found a problem
  130  ended by Ctrl+C

Without flags, endpoints come from the outputs of the selected Pulumi stack.`;

/** In the order of the help text. */
const COMMANDS = [registerAsk, registerChat, registerPrompt, registerModels, registerDoctor, registerRag, registerWeb];

/**
 * Runs the command line; resolves to the exit code.
 *
 * @param io streams and variables. Default: the process's.
 */
export async function run(argv: readonly string[], io: ProcessIo = processIo()): Promise<ExitCode> {
  const session = new Session(io);
  const program = new Command("ollama-chat")
    .description("Talk to the model of a pulumi-ollama-chat stack, ask your documents, and diagnose problems.")
    .version(packageVersion())
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(see ollama-chat --help)")
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      // Commander repeats an unknown flag, such as `--password=…`.
      writeErr: (text) => io.err.write(redact(text, [])),
    })
    .exitOverride();
  for (const register of COMMANDS) register(program, session);
  try {
    await program.parseAsync([...argv]);
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (error instanceof Interrupted) return ExitCode.interrupted;
    return reportFailure(error, session.output({ json: argv.includes("--json") }), session.secrets);
  }
}
