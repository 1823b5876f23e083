import { canInstallPackages, installPackages } from "../apt";
import { PartUnavailable } from "../failure";
import type { Part } from "../part";
import { attempt, findOnPath } from "../run";

/** Chromium by the names that distributions give it. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/** The browser that the tests of the page run in. */
export const chromium: Part = {
  name: "chromium",
  title: "Chromium",

  async find() {
    const location = PROGRAMS.map((program) => findOnPath(program)).find((path) => path !== undefined);
    if (location === undefined) return undefined;
    const { code, stdout } = await attempt(location, ["--version"]);
    const [version] = /\d+(\.\d+)+/.exec(stdout) ?? [];
    return code === 0 && version !== undefined ? { version, location } : undefined;
  },

  async build(_context, step) {
    if (!canInstallPackages()) {
      throw new PartUnavailable(
        "There is no Chromium, and this process may not install it.",
        "As root, run: apt-get install chromium",
      );
    }
    await installPackages(["chromium"], "to test the page in a real browser", step);
  },
};
