import { randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import { hostname } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { type CommonFlags, withAccessOptions } from "../../access/find-access";
import { secondsFlag } from "../../answering/answer-options";
import { CommandFailure, ExitCode } from "../../failure";
import { explanationOf } from "../../report-failure";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import { packageVersion } from "../../version";
import { chooseWay } from "../chat/choose-way";
import { thisMachine } from "../doctor/machine";
import type { Gate } from "./gate";
import { openBrowser } from "./open-browser";
import { pageFiles } from "./page-files";
import { startWeb } from "./server";

interface WebFlags extends CommonFlags {
  readonly port: number;
  readonly open?: boolean;
  readonly host?: string;
  readonly through?: string;
  readonly timeoutSeconds: number;
}

/** Holds the token of a page that other machines may open. Default: a new one each time. */
const TOKEN_VARIABLE = "OLLAMA_CHAT_WEB_TOKEN";
const MIN_TOKEN_LENGTH = 16;

/** `ollama-chat web`: serves a page to talk on, until Ctrl+C. */
export async function web(session: Session, flags: WebFlags): Promise<void> {
  const output = session.output(flags);
  const gate = gateOf(flags, session.io.environment);
  session.hide(gate.token);
  const access = await withWaiting(output, "looking for the servers", async () => {
    const found = await session.access(flags);
    // So that mistakes in the flags end the command, not each question.
    await chooseWay(found, flags.through);
    return found;
  });
  const { through, timeoutSeconds, port } = flags;
  const files = pageFiles();
  const problemOf = (error: unknown) => explanationOf(error, session.secrets);
  const version = packageVersion();
  const { secrets } = session;
  const machine = thisMachine(session.io.environment);
  const asked = { access, machine, through, timeoutSeconds, version, secrets, problemOf };
  const server = await startWeb({ ...asked, port, gate, files });
  const url = urlOf(gate, server.port);
  output.result({ url }, () => url);
  output.note(output.noteStyle("dim", "Open this address in a browser. Ctrl+C ends."));
  if (flags.open) {
    openBrowser(url, session.io.environment, () => output.note("No browser could be opened from here."));
  }
  try {
    await session.interruptible(ended);
  } finally {
    await server.close();
  }
}

/** Never without an end: rejects at Ctrl+C. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function gateOf({ host }: WebFlags, environment: NodeJS.ProcessEnv): Gate {
  if (host === undefined) return {};
  const given = environment[TOKEN_VARIABLE] || undefined;
  if (given !== undefined && !(given.length >= MIN_TOKEN_LENGTH && /^[\w.~-]+$/.test(given))) {
    throw new CommandFailure(ExitCode.usage, {
      what: `The token in ${TOKEN_VARIABLE} is too short, or not usable in an address.`,
      cause: "Whoever has the address of the page and its token may use the model and the documents.",
      fix: `Set ${MIN_TOKEN_LENGTH} or more letters, digits, or - _ . ~, or leave the variable out: then each start makes a token.`,
    });
  }
  return { host, token: given ?? randomBytes(24).toString("base64url") };
}

/** The token stands behind the #, which browsers send to nobody. */
function urlOf({ host = "127.0.0.1", token }: Gate, port: number): string {
  const fragment = token === undefined ? "" : `#token=${token}`;
  const name = ANY_ADDRESS.includes(host) ? hostname() : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}/${fragment}`;
}

/** Listens on all addresses, and is none that a browser opens. */
const ANY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];

function portFlag(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a port from 1 to 65535, or 0 for a free one.");
}

/** Adds the command `web`. */
export function registerWeb(program: Command, session: Session): void {
  const command = program
    .command("web")
    .description("Serve a page to talk to the stack's model on, for this machine only, until Ctrl+C.")
    .optionsGroup("The page:")
    .option("--port <n>", "port to listen on; 0 takes a free one", portFlag, 8321)
    .option("--open", "open the page in the browser")
    .option("--host <address>", "let other machines open it, with a token, at this address of this machine")
    .option("--through <way>", "opensearch or ollama (default: Ollama where it can be reached)")
    .option("--timeout-seconds <n>", "time limit for one answer", secondsFlag, 300);
  withAccessOptions(command).action(async (flags: WebFlags) => {
    await web(session, flags);
  });
}
