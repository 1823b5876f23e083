import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { messageOf } from "../../../diagnosis/failure";
import { openCache } from "../../../tools/toolchain/cache";

import { type MavenArchive, mavenArchives } from "../../../tools/toolchain/maven";
import type { Context } from "../../../tools/toolchain/part";
import { StepRunner } from "../../../tools/toolchain/steps";
import { fakeFailing } from "./fake-program";
import { temporaryFolder } from "./temporary-folder";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const archive = (name: string): MavenArchive => ({
  group: "org.example.plugin",
  name,
  version: "1.2.0",
  megabytes: 3,
  sha256: sha256(`contents of ${name}`),
});

afterEach(() => vi.unstubAllEnvs());

/** Puts a Maven first on PATH that "downloads" texts of that form, and counts its runs in a file. */
function fakeMaven(contents = "contents of $name"): { runs: () => number } {
  const folder = temporaryFolder();
  const script = `#!/bin/bash
echo run >> "${folder}/runs"
for argument in "$@"; do
  case "$argument" in
    -Dmaven.repo.local=*) repository=\${argument#*=} ;;
    -Dartifact=*) IFS=: read -r group name version type <<< "\${argument#*=}" ;;
  esac
done
target="$repository/\${group//.//}/$name/$version"
mkdir -p "$target"
printf '%s' "${contents}" > "$target/$name-$version.$type"
`;
  writeFileSync(join(folder, "mvn"), script);
  chmodSync(join(folder, "mvn"), 0o755);
  vi.stubEnv("PATH", [folder, process.env.PATH].join(delimiter));
  const log = join(folder, "runs");
  return { runs: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0) };
}

function world() {
  const cache = openCache({ PULUMI_OLLAMA_CHAT_CACHE: temporaryFolder() });
  const context: Context = { cache, steps: new StepRunner(cache.path("logs"), () => undefined) };
  const said: string[] = [];
  const step = { log: new PassThrough().resume(), say: (text: string) => void said.push(text) };
  const fetch = (archives: MavenArchive[]) => mavenArchives(archives, "the-recipe.ts", context, step);
  return { cache, said, fetch };
}

const failureOf = (promise: Promise<unknown>) => promise.then(() => "it succeeded", messageOf);

describe("archives of Maven's registry", () => {
  it("are fetched once, in the order asked for, and how much it is is said before", async () => {
    const maven = fakeMaven();
    const { fetch, said } = world();
    const files = await fetch([archive("one"), archive("two")]);
    expect(files.map((file) => readFileSync(file, "utf8"))).toEqual(["contents of one", "contents of two"]);
    expect(said).toEqual(["2 archives from Maven's registry, 6 MB"]);
    expect(await fetch([archive("two"), archive("one")])).toEqual([files[1], files[0]]);
    expect(maven.runs()).toBe(2);
  });

  it("are fetched again where the cached file was damaged", async () => {
    fakeMaven();
    const { fetch, said } = world();
    const [file = ""] = await fetch([archive("one")]);
    writeFileSync(file, "contents of");
    expect(await fetch([archive("one"), archive("two")])).toContain(file);
    expect(readFileSync(file, "utf8")).toBe("contents of one");
    expect(said[1]).toBe("2 archives from Maven's registry, 6 MB");
  });

  it("that are not the pinned ones are refused by name, and nothing is kept", async () => {
    fakeMaven("something else");
    const { fetch, cache } = world();
    expect(await failureOf(fetch([archive("one")]))).toBe(
      `one 1.2.0 is not the archive this project was tested with: its sha256 is ${sha256("something else")}. Not used.\n` +
        `Expected: ${archive("one").sha256}, from the-recipe.ts. The download was damaged, or a mirror serves another file.`,
    );
    expect(readdirSync(cache.folder)).toEqual(["logs"]);
  });

  it("that the registry no longer has are named with their pin", async () => {
    const line = "[ERROR] Could not find artifact org.example.plugin:one:zip:1.2.0 in central";
    fakeFailing("mvn", [line]);
    expect(await failureOf(world().fetch([archive("one")]))).toBe(
      [
        "one 1.2.0 could not be fetched.",
        `  ${line}`,
        "Likely cause: the registry doesn't have this version any more.",
        "What to change: the version and sha256 of one in the-recipe.ts.",
      ].join("\n"),
    );
  });

  it("can't be had without Maven, and the way to it is told", async () => {
    vi.stubEnv("PATH", temporaryFolder());
    expect(await failureOf(world().fetch([archive("one")]))).toBe(
      "Maven is not installed, and it is needed to fetch OpenSearch.\n" +
        "Install it (Debian: apt-get install maven), then run this again.",
    );
  });
});
