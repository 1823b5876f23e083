import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ChatServer } from "../support/chat-server";
import { commandLine } from "../support/command-line";
import { repository } from "../support/documents/document";
import { until } from "../support/until";
import { closeBrowser, openTab } from "./browser";

describe("the command ollama-chat web", () => {
  let ollama: ChatServer;
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    ollama = await new ChatServer().start();
  });

  afterEach(async () => {
    if (running !== undefined && running.exitCode === null) {
      running.kill("SIGKILL");
      await once(running, "close");
    }
    running = undefined;
  });

  afterAll(async () => {
    await closeBrowser();
    await ollama.stop();
  });

  /** Starts the command as a process of its own, and returns the address that it prints. */
  async function start(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
    const all = [
      join(repository, "dist", "cli", "main.js"),
      "web",
      "--ollama",
      ollama.endpoint,
      "--model",
      "smollm2:135m",
    ];
    running = spawn(process.execPath, [...all, "--port", "0", ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for await (const part of running.stdout ?? []) {
      printed += String(part);
      if (printed.endsWith("\n")) break;
    }
    return printed.trim();
  }

  it("prints an address on this machine; the page there answers, and Ctrl+C ends it", async () => {
    const url = await start([]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const tab = await openTab(url);
    await tab.page.getByText("smollm2:135m in Ollama", { exact: true }).waitFor();
    await tab.page.getByRole("button", { name: "Why is the sky blue?" }).click();
    await tab.page.getByText("The answer is complete.").waitFor();
    expect(await tab.page.locator(".answer .markdown").innerText()).toBe("Air scatters blue light most.");
    running?.kill("SIGINT");
    const [code] = (await once(running as ChildProcess, "close")) as [number];
    expect(code).toBe(130);
    await tab.close();
  });

  it("with --host the address holds a token, which leaves the address bar; without it the page asks for it", async () => {
    const token = "a-token-for-this-test";
    const url = await start(["--host", "127.0.0.1"], { OLLAMA_CHAT_WEB_TOKEN: token });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=a-token-for-this-test$/);
    const guest = await openTab(url);
    await guest.page.getByText("smollm2:135m in Ollama", { exact: true }).waitFor();
    expect(guest.page.url()).toBe(url.replace(/#.*/, ""));
    await guest.page.reload();
    await guest.page.getByText("smollm2:135m in Ollama", { exact: true }).waitFor();
    await guest.close();
    const stranger = await openTab(url.replace(/#.*/, ""));
    await stranger.page.getByLabel("Token").fill("wrong");
    await stranger.page.keyboard.press("Enter");
    await stranger.page.getByLabel("Token").fill(token);
    await stranger.page.keyboard.press("Enter");
    await stranger.page.getByText("smollm2:135m in Ollama", { exact: true }).waitFor();
    await stranger.close();
  });

  it("opens the page in the browser with --open", async () => {
    const folder = mkdtempSync(join(tmpdir(), "opener-"));
    const opened = join(folder, "opened");
    writeFileSync(
      join(folder, "xdg-open"),
      `#!/bin/sh\nprintf %s "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`,
    );
    chmodSync(join(folder, "xdg-open"), 0o755);
    const url = await start(["--open"], { PATH: `${folder}:/usr/bin:/bin` });
    await until("the browser to be opened", () => existsSync(opened));
    expect(readFileSync(opened, "utf8")).toBe(url);
    rmSync(folder, { recursive: true });
  });

  it("makes a token of its own, another each time", async () => {
    const first = await start(["--host", "127.0.0.1"]);
    running?.kill("SIGKILL");
    const second = await start(["--host", "127.0.0.1"]);
    for (const url of [first, second]) expect(url).toMatch(/#token=[\w-]{32}$/);
    expect(second.split("#")[1]).not.toBe(first.split("#")[1]);
  });

  it("says what is wrong with a port that is taken, an address that is not here, and a token that is too short", async () => {
    const port = new URL(ollama.endpoint).port;
    const servers = ["web", "--ollama", ollama.endpoint, "--model", "smollm2:135m"];
    const taken = await commandLine([...servers, "--port", port]);
    expect([taken.code, taken.err]).toEqual([
      1,
      expect.stringContaining(`error: Port ${port} on 127.0.0.1 is taken.`) as unknown,
    ]);
    const elsewhere = await commandLine([...servers, "--port", "0", "--host", "192.0.2.1"]);
    expect([elsewhere.code, elsewhere.err]).toEqual([
      2,
      expect.stringContaining("error: The page cannot be served on port 0 of 192.0.2.1: EADDRNOTAVAIL.") as unknown,
    ]);
    const environment = { OLLAMA_CHAT_WEB_TOKEN: "short" };
    const short = await commandLine([...servers, "--host", "127.0.0.1"], { environment });
    expect([short.code, short.err]).toEqual([
      2,
      expect.stringContaining(
        "error: The token in OLLAMA_CHAT_WEB_TOKEN is too short, or not usable in an address.",
      ) as unknown,
    ]);
  });
});
