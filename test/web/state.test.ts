import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { thisMachine } from "../../cli/commands/doctor/machine";
import { ADMIN_PASSWORD } from "../support/opensearch/address";
import { axeFindings, closeBrowser, openTab, type Tab } from "./browser";
import { type DocumentsWorld, startDocumentsWorld } from "./documents-world";
import { type ImportedStack, importedStack } from "./imported-stack";
import { picture } from "./picture";
import { type ServedPage, servedPage } from "./served-page";

describe("the state of a stack on the page", () => {
  let world: DocumentsWorld;
  let imported: ImportedStack;
  let served: ServedPage;
  let tab: Tab;

  beforeAll(async () => {
    world = await startDocumentsWorld();
    imported = importedStack();
    const { stack, environment } = imported;
    const access = { ...world.access, stack, source: "stack dev" };
    served = await servedPage(access, { machine: thisMachine(environment), secrets: [ADMIN_PASSWORD] });
    tab = await openTab(`${served.url}#state`);
  });

  afterAll(async () => {
    await closeBrowser();
    await served?.stop();
    imported?.remove();
    await world?.stop();
  });

  const check = (title: string) =>
    tab.page.locator(".checks li").filter({ has: tab.page.getByText(title, { exact: true }) });

  it("fills the list of doctor's checks while they run", async () => {
    const { page } = tab;
    await page.getByText(/^Checking: \d+ of \d+ done$/).waitFor();
    expect(await page.locator(".checks li").count()).toBeGreaterThan(20);
    await check("stack outputs").getByText("fine").waitFor();
    await page.getByText(/^\d+ faults?, \d+ warnings?, \d+ fine$/).waitFor();
    expect(await page.locator(".checks .running").count()).toBe(0);
    expect(await page.locator(".checks .fail").allInnerTexts()).toEqual([]);
    expect(await check("predict").getAttribute("class")).toBe("ok");
  });

  it("draws the stack's resources, each with what it needs", async () => {
    const { page } = tab;
    await page.getByRole("heading", { name: "Resources of dev" }).waitFor();
    expect(await page.locator(".graph rect").count()).toBe(13);
    // Of 16 needs, two follow from longer ways.
    expect(await page.locator(".graph .line").count()).toBe(14);
    await page.getByText("As a list").click();
    await picture(page, "web-resources", { part: page.locator(".graph") });
    await page.getByText("DeployedModel chat-model, needs chat-group, chat-connector, chat-chat-model").waitFor();
  });

  it("plots how fast the answers of this tab were", async () => {
    const { page } = tab;
    await page.getByText("No answer yet in this tab.").waitFor();
    await page.getByRole("link", { name: "Chat" }).click();
    await page.getByLabel("Your question").fill("Why is the sky blue?");
    await page.keyboard.press("Enter");
    await page.getByText("The answer is complete.").waitFor();
    await page.getByRole("link", { name: "State" }).click();
    await page.getByRole("img", { name: /^Tokens per second, oldest first: [\d.]+$/ }).waitFor();
    await page.getByRole("img", { name: /^Seconds to the whole answer, oldest first: [\d.]+$/ }).waitFor();
  });

  it("names the fault of a broken stack, with cause and fix, and never the password", async () => {
    const { page } = tab;
    await world.ollama.stop();
    await page.getByRole("button", { name: "Check again" }).click();
    const fault = page.locator(".checks .fail").first();
    // To the page's top, where the faults are.
    await page.getByRole("heading", { name: "State" }).scrollIntoViewIfNeeded();
    await page.getByText(/^[1-9]\d* faults?, \d+ warnings?, \d+ fine$/).waitFor();
    await picture(page, "web-state-broken");
    await picture(page, "web-state-broken-dark", { colorScheme: "dark" });
    await picture(page, "web-state-broken-phone", { size: "phone" });
    expect(await fault.innerText()).toMatch(/^fault\s[\s\S]+\sCause: .+\s+What to do: .+/);
    expect(await page.content()).not.toContain(ADMIN_PASSWORD);
    expect(await axeFindings(page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});
