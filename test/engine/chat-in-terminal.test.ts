import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Deadline, waitFor } from "../../clients/wait";
import { findOnPath } from "../../tools/toolchain/run";
import { ChatServer } from "../support/chat-server";
import { repository } from "./support/project";

const MAIN = join(repository, "dist", "cli", "main.js");

/** `script` of util-linux gives a command a pseudo-terminal and hands its exit code on (-e). */
describe.skipIf(findOnPath("script") === undefined)("ollama-chat in a real terminal", () => {
  let ollama: ChatServer;
  let terminal: ChildProcessWithoutNullStreams;
  let output = "";
  beforeEach(async () => {
    ollama = await new ChatServer().start();
    output = "";
  });
  afterEach(async () => {
    terminal.kill();
    await ollama.stop();
  });

  const start = (arguments_ = "chat") => {
    const command = `stty cols 60 rows 24; '${process.execPath}' '${MAIN}' ${arguments_} --ollama ${ollama.endpoint} --model smollm2:135m; code=$?; stty -a; exit $code`;
    // Node.js takes `CI` for a reason to show no colours.
    const env = { ...process.env, TERM: "xterm-256color", NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined };
    terminal = spawn("script", ["-qfec", command, "/dev/null"], { env });
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    return new Promise<number | null>((resolve) => terminal.on("close", (code) => resolve(code)));
  };
  const shows = (text: string, times = 1) =>
    waitFor(
      async () => {
        const shown = stripVTControlCharacters(output);
        return shown.split(text).length > times ? { done: true } : { last: shown };
      },
      { waitingFor: JSON.stringify(text), deadline: Deadline.after(20_000) },
    );

  it("chat edits a line, streams the wrapped answer, dims its measures, and ends with 0 at Ctrl+D", async () => {
    ollama.words = "word ".repeat(20).trim();
    const ended = start();
    await shows("› ");
    terminal.stdin.write("Wyh\u007f\u007fhy?\r");
    await shows("tokens/s");
    await shows("› ", 2);
    terminal.stdin.write("\u0004");
    expect(await ended).toBe(0);
    expect(ollama.questions[0]?.body.messages).toEqual([{ role: "user", content: "Why?" }]);
    expect(output).toContain(`${"word ".repeat(12).trim()}\r\n${"word ".repeat(8).trim()}\r\n`);
    expect(output).toContain("\u001b[2msmollm2:135m in Ollama · ");
  });

  it("chat stops the answer at Ctrl+C, and at the second one ends with 130 and the terminal as it was", async () => {
    ollama.hangs = true;
    const ended = start();
    await shows("› ");
    terminal.stdin.write("Why?\r");
    await shows("Air");
    terminal.stdin.write("\u0003");
    await shows("stopped");
    await shows("› ", 2);
    terminal.stdin.write("\u0003");
    expect(await ended).toBe(130);
    expect(output).toMatch(/ icanon .* echo /s);
  });

  it("ask shows what it waits for, and ends with 130 at Ctrl+C", async () => {
    ollama.hangs = true;
    const ended = start("ask --direct Why?");
    await shows("asking smollm2:135m in Ollama");
    await waitFor(async () => (ollama.questions.length > 0 ? { done: true } : { last: "no question yet" }), {
      waitingFor: "the question",
      deadline: Deadline.after(20_000),
    });
    terminal.stdin.write("\u0003");
    expect(await ended).toBe(130);
    expect(stripVTControlCharacters(output)).not.toContain("error:");
  });
});
