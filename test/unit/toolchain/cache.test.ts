import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder, openCache, place, sweep, withWorkFolder } from "../../../tools/toolchain/cache";
import { temporaryFolder } from "./temporary-folder";

describe("cacheFolder", () => {
  it("is where PULUMI_OLLAMA_CHAT_CACHE says", () => {
    expect(cacheFolder({ PULUMI_OLLAMA_CHAT_CACHE: "/somewhere", XDG_CACHE_HOME: "/xdg" })).toBe("/somewhere");
  });

  it("else lies in XDG_CACHE_HOME", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/pulumi-ollama-chat");
  });

  it("else lies in ~/.cache", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "" })).toBe(join(homedir(), ".cache", "pulumi-ollama-chat"));
  });
});

describe("place", () => {
  it("puts a finished file in place, folders above it included", async () => {
    const target = join(temporaryFolder(), "part", "1.0", "program");
    await place(target, async (temporary) => writeFileSync(temporary, "whole"));
    expect(readFileSync(target, "utf8")).toBe("whole");
    expect(readdirSync(join(target, ".."))).toEqual(["program"]);
  });

  it("leaves nothing behind when the making fails half-way", async () => {
    const folder = temporaryFolder();
    const target = join(folder, "program");
    const failing = place(target, async (temporary) => {
      mkdirSync(temporary);
      writeFileSync(join(temporary, "half"), "");
      throw new Error("the compiler fell over");
    });
    await expect(failing).rejects.toThrow("the compiler fell over");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps what another process has put there in the meantime", async () => {
    const target = join(temporaryFolder(), "program");
    await place(target, async (temporary) => {
      writeFileSync(temporary, "second");
      writeFileSync(target, "first");
    });
    expect(readFileSync(target, "utf8")).toBe("first");
  });

  it("fails when nothing was made", async () => {
    const target = join(temporaryFolder(), "program");
    await expect(place(target, async () => undefined)).rejects.toThrow(`Nothing was produced for ${target}.`);
    expect(existsSync(target)).toBe(false);
  });
});

describe("withWorkFolder", () => {
  it("gives an empty folder inside the cache, and removes it", async () => {
    const cache = openCache({ PULUMI_OLLAMA_CHAT_CACHE: join(temporaryFolder(), "cache") });
    const seen = await withWorkFolder(cache, async (folder) => {
      expect(readdirSync(folder)).toEqual([]);
      writeFileSync(join(folder, "work"), "");
      return folder;
    });
    expect(seen.startsWith(cache.path(`.partial-${process.pid}-`))).toBe(true);
    expect(readdirSync(cache.folder)).toEqual([]);
  });
});

describe("sweep", () => {
  it("removes what a killed process left more than an hour ago, and nothing else", () => {
    const folder = temporaryFolder();
    // Above the largest process id that Linux gives.
    const dead = 2 ** 22 + 1;
    const names = [`.partial-${dead}-old`, `.partial-${dead}-new`, `.partial-${process.pid}-old`, "1.0.0"];
    const twoHoursAgo = new Date(Date.now() - 2 * 3600 * 1000);
    for (const name of names) {
      mkdirSync(join(folder, name));
      if (!name.endsWith("new")) utimesSync(join(folder, name), twoHoursAgo, twoHoursAgo);
    }
    sweep(folder);
    expect(readdirSync(folder).sort()).toEqual([`.partial-${process.pid}-old`, `.partial-${dead}-new`, "1.0.0"].sort());
  });
});
