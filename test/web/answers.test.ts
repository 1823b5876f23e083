import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../support/chat-server";
import { until } from "../support/until";
import { askOn, closeBrowser, openTab, type Tab } from "./browser";
import { type ServedPage, servedPage } from "./served-page";

/** Tries to run a script in every way that a text may have. Each would set the title to `hacked`. */
const HOSTILE = [
  "Hello <script>document.title='hacked'</script>",
  '<img src="x" onerror="document.title=\'hacked\'"> <svg onload="document.title=\'hacked\'"></svg>',
  "[click](javascript:document.title='hacked') [data](data:text/html,<script>document.title='hacked'</script>)",
  "![picture](http://192.0.2.1/pixel.png) ![x](https://evil.example/x.png)",
  "<iframe srcdoc=\"<script>parent.document.title='hacked'</script>\"></iframe>",
  '<a href="https://ok.example" onclick="document.title=\'hacked\'">x</a> <style>body{display:none}</style>',
  "<form action=https://evil.example><input name=q></form> <base href=https://evil.example>",
  "`<b>code</b>` [fine](https://ok.example/page)",
].join("\n\n");

describe("answers on the page", () => {
  let ollama: ChatServer;
  let served: ServedPage;
  let tab: Tab;

  beforeAll(async () => {
    ollama = await new ChatServer().start();
    served = await servedPage({ ollamaEndpoint: ollama.endpoint });
  });

  beforeEach(async () => {
    Object.assign(ollama, {
      words: "Air scatters blue light most.",
      hangs: false,
      thinking: undefined,
      doneReason: "stop",
    });
    await tab?.close();
    tab = await openTab(served.url);
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    await ollama?.stop();
  });

  async function ask(question: string): Promise<void> {
    await askOn(tab.page, question);
  }
  const complete = () => tab.page.getByText("The answer is complete.").waitFor();
  const answer = () => tab.page.locator(".answer .markdown").last();

  it("show as they come, and stop at Escape; Ollama stops too, and what came stays", async () => {
    ollama.hangs = true;
    await ask("Why?");
    await answer().getByText("Air").waitFor();
    expect(await tab.page.getByRole("button", { name: "Stop" }).count()).toBe(1);
    expect(await tab.page.getByRole("log").getAttribute("aria-busy")).toBe("true");
    await tab.page.keyboard.press("Escape");
    await tab.page.getByText("The answer was stopped here.").waitFor();
    expect(await answer().innerText()).toBe("Air");
    ollama.hangs = false;
    await ask("And then?");
    await complete();
    expect(ollama.questions.at(-1)?.body.messages).toEqual([
      { role: "user", content: "Why?" },
      { role: "assistant", content: "Air " },
      { role: "user", content: "And then?" },
    ]);
  });

  it("are asked for again without the first answer", async () => {
    await ask("Why?");
    await complete();
    ollama.words = "Because.";
    await tab.page.getByRole("button", { name: "Ask again" }).press("Enter");
    await answer().getByText("Because.").waitFor();
    await complete();
    expect(await tab.page.evaluate("document.activeElement.id")).toBe("question");
    expect(await tab.page.locator(".turn").count()).toBe(1);
    expect(ollama.questions.at(-1)?.body.messages).toEqual([{ role: "user", content: "Why?" }]);
  });

  it("fold the model's thinking away, and say that they were cut", async () => {
    Object.assign(ollama, { thinking: "Light. Air. Blue.", doneReason: "length" });
    await ask("Why?");
    await complete();
    const thinking = tab.page.getByText("Light. Air. Blue.");
    expect(await thinking.isVisible()).toBe(false);
    await tab.page.getByText("Thinking (3 words)").click();
    expect(await thinking.isVisible()).toBe(true);
    const cut =
      "The answer is cut after 30 tokens, by the limit that its options (num_predict) or its context (num_ctx) set.";
    expect(await tab.page.locator(".remark").allInnerTexts()).toEqual([cut]);
  });

  it("run no script, load nothing and build no form, whatever they hold", async () => {
    ollama.words = HOSTILE;
    await ask("Attack me.");
    await complete();
    const kinds = "script, img, svg, iframe, style, form, input, base, [onclick], [onerror], [style]";
    expect(await answer().locator(kinds).count()).toBe(0);
    expect(
      await answer()
        .locator("a")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    ).toEqual(["http://192.0.2.1/pixel.png", "https://evil.example/x.png", "https://ok.example/page"]);
    expect(await answer().innerText()).toContain("<script>document.title='hacked'</script>");
    expect(await tab.page.title()).toBe("ollama-chat");
    expect(tab.outside).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  it("are copied as the model wrote them", async () => {
    await tab.close();
    tab = await openTab(served.url, { permissions: ["clipboard-read", "clipboard-write"] });
    ollama.words = "**Blue** light.";
    await ask("Why?");
    await complete();
    await tab.page.getByRole("button", { name: "Copy" }).click();
    await tab.page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await tab.page.evaluate("navigator.clipboard.readText()")).toBe("**Blue** light.");
  });

  it("go on while another part of the page is shown, and a question that is half typed stays", async () => {
    ollama.hangs = true;
    await ask("Why?");
    await answer().getByText("Air").waitFor();
    await tab.page.keyboard.type("And at");
    await tab.page.getByRole("link", { name: "State" }).click();
    await tab.page.getByRole("heading", { name: "State" }).waitFor();
    await tab.page.getByRole("link", { name: "Chat" }).click();
    expect(await tab.page.getByLabel("Your question").inputValue()).toBe("And at");
    expect(await tab.page.getByRole("log").getAttribute("aria-busy")).toBe("true");
    expect(ollama.openStreams).toBe(1);
  });

  it("are gone with a new conversation", async () => {
    await ask("Why?");
    await complete();
    await tab.page.getByRole("button", { name: "New conversation" }).click();
    await tab.page.getByText("Ask smollm2:135m in Ollama").waitFor();
    await ask("What did I ask?");
    await complete();
    expect(ollama.questions.at(-1)?.body.messages).toEqual([{ role: "user", content: "What did I ask?" }]);
  });

  it("that nobody reads any more are not written: a closed page stops Ollama", async () => {
    ollama.hangs = true;
    await ask("Why?");
    await answer().getByText("Air").waitFor();
    await tab.close();
    await until("Ollama to be left", () => ollama.openStreams === 0);
  });
});
