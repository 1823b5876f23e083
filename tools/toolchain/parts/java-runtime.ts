import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { place } from "../cache";
import type { Context, Part } from "../part";
import { attempt, isExecutable, run } from "../run";
import { sizeOf } from "../size";
import { findJdk, type Jdk, requireJdk } from "./jdk";

/** All of Java SE, and the other modules of OpenSearch, Lucene and the security plugin. */
const modules = [
  "java.se",
  "jdk.attach",
  "jdk.charsets",
  "jdk.crypto.cryptoki",
  "jdk.crypto.ec",
  "jdk.httpserver",
  "jdk.incubator.vector",
  "jdk.jfr",
  "jdk.localedata",
  "jdk.management",
  "jdk.management.agent",
  "jdk.naming.dns",
  "jdk.net",
  "jdk.security.auth",
  "jdk.security.jgss",
  "jdk.unsupported",
  "jdk.xml.dom",
  "jdk.zipfs",
];

/** A Java runtime for the image, cut from a JDK of this machine: 80 MB instead of 300. */
export const javaRuntime: Part = {
  name: "java-runtime",
  title: "Java runtime for OpenSearch",

  async find(context) {
    const jdk = await findJdk();
    if (!jdk) return undefined;
    const location = folder(context, jdk);
    if (!isExecutable(join(location, "bin", "java"))) return undefined;
    return { version: jdk.version, location, sizeBytes: sizeOf(location) };
  },

  async build(context, step) {
    const jdk = await requireJdk();
    await place(folder(context, jdk), async (temporary) => {
      const jlink = join(jdk.home, "bin", "jlink");
      const options = [
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--compress",
        "zip-6",
        "--generate-cds-archive",
      ];
      const linked = await attempt(jlink, ["--add-modules", modules.join(","), ...options, "--output", temporary], {
        log: step.log,
      });
      if (linked.code === 0) return;
      // Some distributions ship a JDK that can't be cut. Then copy all of it, with its links resolved.
      rmSync(temporary, { recursive: true, force: true });
      await run("cp", ["-rL", jdk.home, temporary], { log: step.log });
      for (const name of ["man", "include", "jmods", "demo", "src.zip"].filter((n) => existsSync(join(temporary, n)))) {
        rmSync(join(temporary, name), { recursive: true, force: true });
      }
    });
  },
};

const folder = (context: Context, jdk: Jdk): string => context.cache.path("java", `${jdk.version}-${process.arch}`);
