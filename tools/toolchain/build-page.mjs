// Bundles the page of `ollama-chat web` into dist/page, with the licences of what is in it.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The page's sources and its output, from the package's folder. */
export async function buildPage(root) {
  const [from, to] = [join(root, "web"), join(root, "dist", "page")];
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: join(from, "main.tsx"), out: "page" },
      { in: join(from, "page.css"), out: "page" },
    ],
    outdir: to,
    bundle: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(from, name), join(to, name));
  writeFileSync(join(to, "LICENSES.txt"), licences(root, bundledPackages(metafile)));
}

function bundledPackages({ inputs }) {
  const names = Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function licences(root, names) {
  const texts = names.map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const text = file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
    return `${name} ${version}, ${license}\n\n${text.trim()}\n`;
  });
  return `The page contains these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
