import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../toolchain/package-root";
import type { Results } from "../results";
import { blocks } from "./blocks";
import { fillMarkers } from "./markers";
import { plots } from "./plots";
import { toSvg } from "./svg";

const PAGE = join(packageRoot, "docs", "performance.md");

/** Writes every plot, and every number of the page: none of them is typed by hand. */
export async function writePages(results: Results, folder: string): Promise<void> {
  for (const [name, spec] of Object.entries(plots(results))) {
    writeFileSync(join(folder, `${name}.svg`), await toSvg(spec));
  }
  writeFileSync(PAGE, fillMarkers(readFileSync(PAGE, "utf8"), blocks(results)));
}
