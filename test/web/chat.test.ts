import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningOllama, startOllama } from "../support/ollama";
import { briefModel } from "./brief-model";
import { axeFindings, closeBrowser, openTab, type Tab } from "./browser";
import { type ServedPage, servedPage } from "./served-page";

describe("a conversation on the page, with a real Ollama", () => {
  let ollama: RunningOllama;
  let served: ServedPage;
  let tab: Tab;

  beforeAll(async () => {
    ollama = await startOllama({ ownModels: true });
    served = await servedPage({ ollamaEndpoint: ollama.endpoint, chatModel: await briefModel(ollama) });
    tab = await openTab(served.url);
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    await ollama?.stop();
  });

  it("names the model and the way to it", async () => {
    const way = tab.page.getByText("brief:latest in Ollama", { exact: true });
    await way.waitFor();
    expect(await tab.page.getByText("flags and environment · word by word").count()).toBe(1);
  });

  it("answers a question that was typed with the keyboard alone, and shows how it was made", async () => {
    const { page } = tab;
    await page.keyboard.type("Why is the sky blue?");
    await page.keyboard.press("Enter");
    await page.getByText("The answer is complete.").waitFor();
    expect(await page.locator(".question").innerText()).toContain("Why is the sky blue?");
    expect((await page.locator(".answer .markdown").innerText()).length).toBeGreaterThan(20);
    expect(await page.locator(".measures").innerText()).toMatch(
      /^brief:latest in Ollama · [\d.]+ s · \d+ tokens · [\d.]+ tokens\/s$/,
    );
  });

  it("keeps the conversation over a reload", async () => {
    const { page } = tab;
    const before = await page.locator(".turns").innerText();
    await page.reload();
    await page.locator(".measures").waitFor();
    expect(await page.locator(".turns").innerText()).toBe(before);
  });

  it("asks nobody but its own server, and nothing in it is refused by its own policy", () => {
    expect(tab.outside).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  it("has nothing that axe objects to", async () => {
    expect(await axeFindings(tab.page)).toEqual([]);
  });
});
