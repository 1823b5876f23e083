import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandFailure, ExitCode } from "../../failure";

/** A file that the browser loads. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** By path, name and media type. Nothing else is served. */
const FILES = [
  { path: "/", name: "index.html", type: "text/html; charset=utf-8" },
  { path: "/page.js", name: "page.js", type: "text/javascript; charset=utf-8" },
  { path: "/page.css", name: "page.css", type: "text/css; charset=utf-8" },
  { path: "/icon.svg", name: "icon.svg", type: "image/svg+xml" },
] as const;

/** `npm run build` puts them into `dist/page/`. This file lies in `cli/commands/web/`, or below `dist/`. */
const FOLDERS = ["../../../page", "../../../dist/page"];

/**
 * Reads the page.
 *
 * @throws CommandFailure if it was not built.
 */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  for (const folder of FOLDERS) {
    try {
      return new Map(
        FILES.map(({ path, name, type }) => [path, { type, content: readFileSync(join(__dirname, folder, name)) }]),
      );
    } catch {
      // The other folder has it.
    }
  }
  throw new CommandFailure(ExitCode.usage, {
    what: "The page's files are missing.",
    cause: "The package was not built, or only part of it was.",
    fix: "Run npm run build in the package's folder, or install the package again.",
  });
}
