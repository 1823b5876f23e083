import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../apt";
import { place, withWorkFolder } from "../cache";
import { thisCpu } from "../cpu";
import { type GoPart, goBuild, pinnedInGo, recipeFolder, requireGo } from "../go";
import type { Context, Part } from "../part";
import { attempt, findOnPath, isExecutable, run } from "../run";
import { sizeOf } from "../size";
import { isAtLeast, parseVersion, versions } from "../versions";

const source: GoPart = { part: "Ollama", pin: "ollama", recipe: "ollama" };

/**
 * Ollama for CPUs, built from the Go registry. Never downloaded: the official archive contains two gigabytes of GPU
 * libraries, and wherever it is available, the official image is too.
 */
export const ollamaBuild: Part = {
  name: "ollama-build",
  title: `Ollama ${versions.ollama} (CPU)`,

  async find(context) {
    const location = builtProgram(context);
    if (!isExecutable(location)) return undefined;
    return { version: versions.ollama, location, sizeBytes: sizeOf(location) };
  },

  async build(context, step) {
    requireGo("Ollama");
    const headers = ["g++", "libstb-dev", "nlohmann-json3-dev"];
    await installPackages(headers, "to compile Ollama", step);
    await withWorkFolder(context.cache, async (headerFolder) => {
      // The Go registry omits folders named vendor, where Ollama keeps this header. Another module has it.
      const options = { cwd: recipeFolder(source.recipe), log: step.log, environment: { GOWORK: "off" } };
      const fetching = { ...options, fetches: pinnedInGo(source) };
      await run("go", ["mod", "download", "github.com/gen2brain/malgo"], fetching);
      const list = ["list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/malgo"];
      const module = (await run("go", list, options)).trim();
      mkdirSync(join(headerFolder, "miniaudio"), { recursive: true });
      symlinkSync(join(module, "miniaudio.h"), join(headerFolder, "miniaudio", "miniaudio.h"));
      await place(builtProgram(context), (output) => compile(output, headerFolder));
    });

    async function compile(output: string, headers: string): Promise<void> {
      const compilerFlags = ["-O3", "-g0", ...thisCpu().compilerFlags].join(" ");
      await goBuild(
        {
          ...source,
          package: "github.com/ollama/ollama",
          link: {
            "github.com/ollama/ollama/version.Version": versions.ollama,
            "github.com/ollama/ollama/server.mode": "release",
          },
          // In CPATH, because a compiler flag would be part of the build cache's key.
          environment: { CGO_ENABLED: "1", CGO_CFLAGS: compilerFlags, CGO_CXXFLAGS: compilerFlags, CPATH: headers },
          output,
        },
        step,
      );
    }
  },
};

/** An Ollama for this machine: an installed one of at least the pinned version, else our build. */
export const ollamaProgram: Part = {
  ...ollamaBuild,
  async find(context) {
    const installed = findOnPath("ollama");
    if (installed) {
      const { stdout, stderr } = await attempt(installed, ["--version"], { timeoutSeconds: 15 });
      // Without a running server, the client's version is on the last line.
      const version = parseVersion(`${stdout}${stderr}`);
      if (version && isAtLeast(version, versions.ollama)) return { version, location: installed };
    }
    return ollamaBuild.find(context);
  },
};

const builtProgram = (context: Context): string =>
  context.cache.path("ollama", `${versions.ollama}-${thisCpu().key}`, "ollama");
