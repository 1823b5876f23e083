import { execFileSync } from "node:child_process";
import type { BenchCase } from "../bench-case";

const PROGRAM = `require("@pulumi/pulumi");
const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
console.log(Number(/^VmHWM:\\s+(\\d+)/m.exec(status)[1]) * 1024);`;

/** Memory of the provider process at its largest size. */
export const memory: BenchCase = {
  id: "B7",
  title: "Memory of the provider process, 200 models, above a bare require of Pulumi's SDK",
  run: async ({ growth, runs }, measured) => {
    const models = growth.sizes.memory;
    const { ours, floor, version } = await growth.at(models);
    const what = "most memory held";
    const our = measured.figure(what, "ours", "bytes", ours.providerBytes, models).median;
    const least = measured.figure(what, "engine floor", "bytes", floor.providerBytes, models).median;
    const bare = measured.figure(what, "bare require", "bytes", Array.from({ length: runs }, bareRequire)).median;
    const limit = 40 * 1024 * 1024;
    measured.verdict("above a bare require", our - bare, "bytes", { is: "at most", value: limit });
    measured.verdict("a provider that does nothing, above a bare require", least - bare, "bytes");
    return version;
  },
};

function bareRequire(): number {
  return Number(execFileSync(process.execPath, ["-e", PROGRAM], { cwd: __dirname, encoding: "utf8" }));
}
