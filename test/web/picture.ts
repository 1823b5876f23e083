import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { repository } from "../support/documents/document";

const SIZES = { wide: { width: 900, height: 640 }, phone: { width: 390, height: 740 } } as const;

interface Look {
  readonly size?: keyof typeof SIZES;
  readonly colorScheme?: "light" | "dark";
  /** The part that is taken. Default: what fits into the window. */
  readonly part?: Locator;
}

/**
 * With the variable TAKE_PICTURES, writes docs/pictures/<name>.png of the page as it is now:
 * `TAKE_PICTURES=1 npm test -- --project web`.
 */
export async function picture(page: Page, name: string, look: Look = {}): Promise<void> {
  if (!process.env.TAKE_PICTURES) return;
  const { size = "wide", colorScheme = "light", part = page } = look;
  const before = page.viewportSize();
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme });
  await part.screenshot({ path: join(repository, "docs", "pictures", `${name}.png`), animations: "disabled" });
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}
