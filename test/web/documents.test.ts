import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChatServer } from "../support/chat-server";
import { ADMIN_PASSWORD } from "../support/opensearch/address";
import { askOn, axeFindings, closeBrowser, openTab, type Tab } from "./browser";
import { type DocumentsWorld, startDocumentsWorld } from "./documents-world";
import { picture } from "./picture";
import { type ServedPage, servedPage } from "./served-page";

const SHIPS =
  "# Ships\n\n## Alke\n\nAlke is a small ship and carries lanterns.\n\n## Skarv\n\nSkarv is a large ship and carries cranes.\n";
const HOSTILE =
  "# Trap\n\n<script>document.title='hacked'</script> The password of the lighthouse is <img src=x onerror=\"document.title='hacked'\"> hidden under the third stone.\n";

const file = (name: string, text: string) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });

describe("the page with documents, on a real OpenSearch and Ollama", () => {
  let world: DocumentsWorld;
  let served: ServedPage;
  let tab: Tab;
  const bodies: Promise<string>[] = [];

  beforeAll(async () => {
    world = await startDocumentsWorld();
    served = await servedPage(world.access);
    tab = await openTab(served.url);
    tab.page.on("response", (response) => bodies.push(response.text().catch(() => "")));
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    await world?.stop();
  });

  const row = (name: string) => tab.page.getByRole("row").filter({ hasText: name });

  async function ask(question: string): Promise<void> {
    await askOn(tab.page, question);
    await tab.page.getByText("The answer is complete.").waitFor();
  }

  it("says that the index is empty", async () => {
    await tab.page.getByRole("link", { name: "Documents" }).click();
    await tab.page.getByText("The index passages is empty. Choose files, or drop them here.").waitFor();
  });

  it("ingests chosen files as rag ingest does, and lists what is in the index", async () => {
    const { page } = tab;
    const pdf = { name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") };
    await page.getByLabel("Files").setInputFiles([file("ships.md", SHIPS), file("trap.md", HOSTILE), pdf]);
    await page.getByText("2 files taken (0 unchanged), 3 passages written.").waitFor();
    expect(await page.locator(".upload li").allInnerTexts()).toEqual([
      "plan.pdf: is of another kind; only .md, .markdown, .txt are read",
    ]);
    await row("ships.md").waitFor();
    expect(await row("ships.md").getByRole("cell").allInnerTexts()).toEqual(["uploaded", "2", "Remove\nships.md"]);
    expect(await axeFindings(page)).toEqual([]);
  });

  it("takes dropped files, and leaves alone what has not changed", async () => {
    const { page } = tab;
    const transfer = await page.evaluateHandle(`
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(SHIPS)}], "ships.md"));
      data.items.add(new File(["Green tea is brewed with cool water."], "tea.txt"));
      data`);
    await page.locator(".upload").dispatchEvent("drop", { dataTransfer: transfer });
    await page.getByText("2 files taken (1 unchanged), 1 passage written.").waitFor();
    await row("tea.txt").waitFor();
    await picture(page, "web-documents");
  });

  it("answers from the documents; each source opens the passage with its file and heading", async () => {
    const { page } = tab;
    await page.getByRole("link", { name: "Chat" }).click();
    await page.getByLabel("Answer from the documents").check();
    await ask("Which ship carries cranes?");
    const sources = page.locator(".sources summary");
    expect(await sources.allInnerTexts()).toContainEqual(expect.stringContaining("ships.md · Ships > Skarv"));
    const skarv = page.locator(".sources li").filter({ hasText: "Ships > Skarv" });
    const passage = skarv.getByText("Skarv is a large ship and carries cranes.");
    expect(await passage.isVisible()).toBe(false);
    await skarv.locator("summary").focus();
    await page.keyboard.press("Enter");
    await passage.waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it("keeps sources over a reload", async () => {
    const { page } = tab;
    const before = await page.locator(".sources summary").allInnerTexts();
    await page.reload();
    await page.locator(".sources summary").first().waitFor();
    expect(await page.locator(".sources summary").allInnerTexts()).toEqual(before);
    expect(await page.getByLabel("Answer from the documents").isChecked()).toBe(true);
  });

  it("a hostile document is text", async () => {
    const { page } = tab;
    await ask("Where is the password of the lighthouse hidden?");
    const trap = page.locator(".turn").last().locator(".sources li").filter({ hasText: "trap.md" });
    await trap.locator("summary").click();
    await trap.getByText("hidden under the third stone.").waitFor();
    expect(await trap.locator("script, img").count()).toBe(0);
    expect(await page.title()).toBe("ollama-chat");
  });

  it("does not ask the model what the documents do not say", async () => {
    const { page } = tab;
    await ask("How do I compile a Rust macro crate with nightly features?");
    const remark = "The documents do not say anything about this, so the model was not asked.";
    expect(await page.locator(".turn").last().locator(".remark").allInnerTexts()).toEqual([remark]);
  });

  it("removes a document, after asking once more", async () => {
    const { page } = tab;
    await page.getByRole("link", { name: "Documents" }).click();
    await row("tea.txt").getByRole("button").click();
    await row("tea.txt").getByRole("button", { name: "Really remove" }).click();
    await row("tea.txt").waitFor({ state: "detached" });
    await page.getByText("2 documents, 3 passages in passages, with vectors of all-minilm:latest.").waitFor();
  });

  it("a citation in an answer opens its source; one of a passage that was not sent is left out", async () => {
    const model = await new ChatServer().start();
    model.words = "Skarv carries cranes [1]. Alke carries lanterns [2]. Neither carries tea [9].";
    const citing = await servedPage({ ...world.access, ollamaEndpoint: model.endpoint, chatModel: "smollm2:135m" });
    const other = await openTab(citing.url);
    const { page } = other;
    await page.getByLabel("Answer from the documents").check();
    await page.getByLabel("Your question").fill("Which ship carries cranes?");
    await page.keyboard.press("Enter");
    await page.getByText("The answer is complete.").waitFor();
    expect(await page.locator(".answer > .markdown").innerText()).toMatch(/^Skarv carries cranes 1\. .* tea\.$/);
    expect(await page.locator("summary.cited").count()).toBe(2);
    const passage = page.getByText("Skarv is a large ship and carries cranes.");
    expect(await passage.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Source 1" }).press("Enter");
    await passage.waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toContain("ships.md · Ships > Skarv");
    await picture(page, "web-sources");
    await picture(page, "web-sources-dark", { colorScheme: "dark" });
    await picture(page, "web-sources-phone", { size: "phone" });
    expect(await axeFindings(page)).toEqual([]);
    expect(other.complaints).toEqual([]);
    await other.close();
    await citing.stop();
    await model.stop();
  });

  it("through OpenSearch an answer comes whole", async () => {
    const whole = await servedPage(world.access, { through: "opensearch" });
    const other = await openTab(whole.url);
    await other.page.getByText("brief:latest through OpenSearch", { exact: true }).waitFor();
    await other.page.getByText("flags and environment · each answer comes whole").waitFor();
    await other.page.getByLabel("Your question").fill("Why is the sky blue?");
    await other.page.keyboard.press("Enter");
    await other.page.getByText("The answer is complete.").waitFor();
    expect(await other.page.locator(".measures").innerText()).toMatch(/^brief:latest through OpenSearch · /);
    await other.close();
    await whole.stop();
  });

  it("no answer of the server holds the password, and nothing outside was asked", async () => {
    const all = (await Promise.all(bodies)).join("\n");
    expect(all.length).toBeGreaterThan(1_000);
    for (const form of [ADMIN_PASSWORD, Buffer.from(`admin:${ADMIN_PASSWORD}`).toString("base64")]) {
      expect(all).not.toContain(form);
    }
    expect(tab.outside).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});
