import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CommandFailure, ExitCode } from "../../../cli/failure";
import { Output } from "../../../cli/output";
import { reportFailure } from "../../../cli/report-failure";
import { Collected } from "../../support/collected";
import { commandLine } from "../../support/command-line";

describe("ollama-chat", () => {
  it("shows help with the exit codes on stdout, and ends with 0", async () => {
    const { code, out, err } = await commandLine(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    for (const command of ["ask", "chat", "prompt", "models"])
      expect(out).toMatch(new RegExp(`^ {2}${command} \\[`, "m"));
    for (const exitCode of Object.values(ExitCode)) expect(out).toMatch(new RegExp(`^ {2}${exitCode} +\\w`, "m"));
  });

  it("tells the package's version", async () => {
    const text = readFileSync(join(__dirname, "..", "..", "..", "package.json"), "utf8");
    const { version } = JSON.parse(text) as { version: string };
    expect(await commandLine(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("ends with 2 for a command or flag that does not exist, and says what was meant", async () => {
    expect(await commandLine(["aks"])).toEqual({
      code: 2,
      out: "",
      err: "error: unknown command 'aks'\n(Did you mean ask?)\n(see ollama-chat --help)\n",
    });
    expect((await commandLine(["ask", "--jsn", "x"])).code).toBe(2);
  });

  it("ends with 2 for a time limit that is no number above 0", async () => {
    const { code, err } = await commandLine(["ask", "x", "--timeout-seconds", "0"]);
    expect(code).toBe(2);
    expect(err).toContain(
      "error: option '--timeout-seconds <n>' argument '0' is invalid. It must be a number of seconds above 0, 2147483 (24 days) at most.",
    );
  });

  it("ends with 2 where there is no question", async () => {
    expect(await commandLine(["ask"], { input: " \n" })).toEqual({
      code: 2,
      out: "",
      err: [
        "error: There is no question.",
        "  cause: Neither the command line nor standard input holds one.",
        '  fix: ollama-chat ask "Why is the sky blue?", or pipe the question in.',
        "",
      ].join("\n"),
    });
  });
});

describe("a failure", () => {
  afterEach(() => vi.unstubAllEnvs());
  const password = "Canary-Passw0rd-7531";
  const failure = new CommandFailure(ExitCode.failed, {
    what: `The server says: user admin, password ${password}`,
    cause: `Basic ${Buffer.from(password).toString("base64")} was refused.`,
    fix: "Try again.",
  });
  const report = (error: unknown, json: boolean, terminal = false) => {
    const err = Object.assign(new Collected(), terminal ? { isTTY: true, columns: 40 } : {});
    const code = reportFailure(error, new Output(json, { out: new Collected(), err }), [password]);
    return { code, text: err.text };
  };

  it("never shows a password, in none of its three parts", () => {
    expect(report(failure, false)).toEqual({
      code: 1,
      text: "error: The server says: user admin, password [secret]\n  cause: Basic [secret] was refused.\n  fix: Try again.\n",
    });
  });

  it("is one JSON document with --json", () => {
    const { code, text } = report(failure, true);
    expect(code).toBe(1);
    expect(JSON.parse(text)).toEqual({
      error: {
        what: "The server says: user admin, password [secret]",
        cause: "Basic [secret] was refused.",
        fix: "Try again.",
        exitCode: 1,
      },
    });
  });

  it("is wrapped on a terminal, in colours unless NO_COLOR is set", () => {
    vi.stubEnv("NO_COLOR", undefined);
    vi.stubEnv("FORCE_COLOR", undefined);
    const long = new CommandFailure(ExitCode.failed, { what: "What failed is told in full.", cause: "c", fix: "f" });
    expect(report(long, false, true).text).toBe(
      "\u001b[31merror:\u001b[39m What failed is told in full.\n  \u001b[1mcause:\u001b[22m c\n  \u001b[1mfix:\u001b[22m f\n",
    );
    const longer = new CommandFailure(ExitCode.failed, {
      what: "x".repeat(30),
      cause: "one two three four five six seven",
      fix: "f",
    });
    expect(report(longer, false).text).not.toContain("\u001b");
    expect(report(longer, false, true).text).toContain("one two three four five six\n  seven");
  });

  it("of a kind that nobody knows keeps its words", () => {
    expect(report(new Error("boom"), false).text).toBe(
      "error: boom\n  cause: Unknown; the server's own words are above.\n  fix: Check the server's log for this time.\n",
    );
  });
});
