import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../tools/toolchain/ollama-server";
import { type RunningOllama, startOllama } from "../support/ollama";
import { closeBrowser, openTab, type Tab } from "./browser";
import { type ServedPage, servedPage } from "./served-page";

describe("a server that goes and comes back", () => {
  let port: number;
  let ollama: RunningOllama;
  let served: ServedPage;
  let tab: Tab;

  beforeAll(async () => {
    port = await freePort();
    ollama = await startOllama({ port });
    served = await servedPage({ ollamaEndpoint: ollama.endpoint });
    tab = await openTab(served.url);
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    await ollama?.stop();
  });

  const firstWords = () => tab.page.locator(".answer .markdown").last().getByText(/\w/).first().waitFor();

  it("Ollama ends in the middle of an answer: what came stays, with what, cause and fix", async () => {
    const { page } = tab;
    await page.getByLabel("Your question").fill("Count from 1 to 500, in words.");
    await page.keyboard.press("Enter");
    await firstWords();
    await ollama.stop();
    await page.getByRole("alert").waitFor();
    const told = await page.getByRole("alert").innerText();
    expect(told).toContain(ollama.endpoint);
    expect(told).toMatch(/Cause: .+\s+What to do: .+/);
    expect(await page.getByText("The answer broke off here.").count()).toBe(1);
    expect((await page.locator(".answer .markdown").last().innerText()).length).toBeGreaterThan(0);
  });

  it("once Ollama is back, the same question is answered", async () => {
    const { page } = tab;
    ollama = await startOllama({ port });
    await page.getByRole("button", { name: "Try again" }).click();
    await firstWords();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("The answer was stopped here.").waitFor();
    expect(await page.locator(".turn").count()).toBe(1);
  });

  it("ollama-chat web itself ends: the page says so, keeps the conversation, and goes on when it is back", async () => {
    const { page } = tab;
    const webPort = Number(new URL(served.url).port);
    const before = await page.locator(".turn").first().innerText();
    await served.stop();
    await page.getByLabel("Your question").fill("Are you there?");
    await page.keyboard.press("Enter");
    await page.getByText("The connection to ollama-chat web is lost.").waitFor();
    expect(await page.locator(".turn").first().innerText()).toBe(before.replace(/\s*Ask again$/, ""));
    served = await servedPage({ ollamaEndpoint: ollama.endpoint }, { port: webPort });
    await page.getByRole("button", { name: "Try again" }).click();
    await firstWords();
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});
