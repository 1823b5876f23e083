import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { readSelection } from "../../tools/toolchain/selection";
import { repository } from "../support/documents/document";

/** A page in a real browser, and what it did that it must not do. */
export interface Tab {
  readonly page: Page;
  /** Addresses outside the page's own server that it asked for. */
  readonly outside: readonly string[];
  /** What the browser refused or a script threw. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

let browser: Promise<Browser> | undefined;

/** The toolchain's browser. One for all tests of a file. */
async function theBrowser(): Promise<Browser> {
  const executablePath = readSelection()?.browser;
  if (executablePath === undefined) throw new Error("The toolchain has no browser: run npm test.");
  // Chromium's sandbox does not work for root.
  browser ??= chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  return await browser;
}

export async function closeBrowser(): Promise<void> {
  const running = await browser;
  browser = undefined;
  await running?.close();
}

/** Opens an address in a new profile. */
export async function openTab(url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await (await theBrowser()).newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  return { ...watched(page, new URL(url).origin), ...(await opened(page, context, url)) };
}

function watched(page: Page, own: string): Pick<Tab, "outside" | "complaints"> {
  const outside: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== own) outside.push(request.url());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { outside, complaints };
}

async function opened(page: Page, context: BrowserContext, url: string): Promise<Pick<Tab, "page" | "close">> {
  await page.goto(url);
  return { page, close: () => context.close() };
}

/** Types a question and sends it, by keyboard. */
export async function askOn(page: Page, question: string): Promise<void> {
  await page.getByLabel("Your question").fill(question);
  await page.keyboard.press("Enter");
}

const AXE = readFileSync(join(repository, "node_modules", "axe-core", "axe.min.js"), "utf8");

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { html: string }[];
  }[];
}

/** What axe finds on a page, except minor matters: `color-contrast (serious): <p>…`. */
export async function axeFindings(page: Page): Promise<string[]> {
  // The page's policy allows no script of ours in it, so axe runs in the debugger.
  const { violations } = await page.evaluate<AxeResults>(`${AXE}; axe.run()`);
  return violations
    .filter(({ impact }) => impact !== "minor")
    .map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(" ")}`);
}
