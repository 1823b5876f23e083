import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChatServer } from "../support/chat-server";
import { askOn, axeFindings, closeBrowser, openTab, type Tab } from "./browser";
import { picture } from "./picture";
import { type ServedPage, servedPage } from "./served-page";

const ANSWER = `Sunlight holds **all colours**. On its way through the air:

1. Molecules scatter *short* waves most, and blue is short.
2. The scattered blue reaches the eye from everywhere.

| colour | wavelength | scattered |
| ------ | ---------- | --------- |
| blue   | 450 nm     | most      |
| red    | 700 nm     | least     |

\`\`\`
scattering ~ 1 / wavelength ** 4
\`\`\``;

/** Each state as light, dark and on a phone: nothing that axe objects to, nothing wider than the screen. */
describe("the looks of the page", () => {
  let ollama: ChatServer;
  let served: ServedPage;
  let tab: Tab;

  beforeAll(async () => {
    ollama = await new ChatServer().start();
    served = await servedPage({ ollamaEndpoint: ollama.endpoint });
    tab = await openTab(served.url);
    await tab.page.getByText("smollm2:135m in Ollama", { exact: true }).waitFor();
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    await ollama?.stop();
  });

  async function ask(question: string): Promise<void> {
    await askOn(tab.page, question);
  }

  async function looksGood(name: string): Promise<void> {
    const { page } = tab;
    await picture(page, `web-${name}`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeFindings(page)]).toEqual([colorScheme, []]);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
  }

  it("empty", async () => {
    await looksGood("empty");
  });

  it("answered, with Markdown, thinking and a note that it was cut", async () => {
    Object.assign(ollama, { words: ANSWER, thinking: "Rayleigh. Waves. Eyes.", doneReason: "length" });
    await ask("Why is the sky blue?");
    await tab.page.getByText("The answer is complete.").waitFor();
    await looksGood("chat");
    await picture(tab.page, "web-chat-dark", { colorScheme: "dark" });
    await picture(tab.page, "web-chat-phone", { size: "phone" });
  });

  it("waiting for the first word", async () => {
    ollama.hangs = true;
    ollama.words = "";
    await ask("And at sunset?");
    await tab.page.getByText("Waiting for the answer").waitFor();
    await looksGood("waiting");
    await tab.page.getByText("The model may still be loading, or is slow on this machine.").waitFor();
    await tab.page.getByRole("button", { name: "Stop" }).click();
  });

  it("broken: no Ollama behind the stack", async () => {
    await ollama.stop();
    await ask("Are you there?");
    await tab.page.getByRole("alert").waitFor();
    await looksGood("broken");
    ollama = await new ChatServer().start();
  });

  it("asking for its token", async () => {
    const guarded = await servedPage({}, { gate: { host: "127.0.0.1", token: "a-token-for-this-test" } });
    await tab.close();
    tab = await openTab(guarded.url);
    await tab.page.getByLabel("Token").waitFor();
    await looksGood("token");
    await guarded.stop();
  });
});
