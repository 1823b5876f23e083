import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { temporaryFolder } from "./temporary-folder";

const entrypoint = join(packageRoot, "tools", "toolchain", "images", "opensearch", "opensearch-docker-entrypoint.sh");
const demoInstaller = "plugins/opensearch-security/tools/install_demo_configuration.sh";
const cgroups = "-Dopensearch.cgroups.hierarchy.override=/";

/** Runs the image's entrypoint in a home whose programs only say how they were called. */
function start(environment: Record<string, string>, command: string[] = ["opensearch"], user = "1000") {
  const home = temporaryFolder();
  script(home, "bin/opensearch", 'printf "%s\\n" "opensearch" "$OPENSEARCH_JAVA_OPTS" "$@"');
  script(home, demoInstaller, 'echo "demo $*"; [ "$OPENSEARCH_INITIAL_ADMIN_PASSWORD" != weak ]');
  script(home, "tools/id", `echo ${user}`);
  const path = [join(home, "tools"), process.env.PATH].join(delimiter);
  const { status, stdout } = spawnSync("bash", [entrypoint, ...command], {
    cwd: home,
    env: { PATH: path, ...environment },
    encoding: "utf8",
  });
  return { status, said: stdout.trimEnd().split("\n") };
}

function script(home: string, name: string, body: string): void {
  const file = join(home, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/bash\n${body}\n`);
  chmodSync(file, 0o755);
}

describe("the OpenSearch image's entrypoint", () => {
  it("sets up the demo configuration and starts the server, as the official image does", () => {
    expect(start({ OPENSEARCH_JAVA_OPTS: "-Xmx1g" })).toEqual({
      status: 0,
      said: ["demo -y -i -s", "opensearch", `${cgroups} -Xmx1g`],
    });
  });

  it("ends where the demo installer refuses the admin's password", () => {
    expect(start({ OPENSEARCH_INITIAL_ADMIN_PASSWORD: "weak" })).toEqual({ status: 1, said: ["demo -y -i -s"] });
  });

  it("takes settings from names with a dot, and `processors`, and from no other variables", () => {
    const environment = {
      "discovery.type": "single-node",
      "a.b": "x=1, y",
      a_c: "2",
      processors: "2",
      "Up.Case": "3",
      "empty.value": "",
      DISABLE_INSTALL_DEMO_CONFIG: "true",
    };
    const { said } = start(environment);
    expect(said.slice(0, 2)).toEqual(["opensearch", `${cgroups} `]);
    expect(said.slice(2).sort()).toEqual(["-Ea.b=x=1, y", "-Ediscovery.type=single-node", "-Eprocessors=2"]);
  });

  it("turns the security plugin off, and installs nothing for it then", () => {
    expect(start({ DISABLE_SECURITY_PLUGIN: "true" }).said).toEqual([
      "opensearch",
      `${cgroups} `,
      "-Eplugins.security.disabled=true",
    ]);
  });

  it("passes options on behind the settings, so that they win", () => {
    const { said } = start({ "a.b": "1", DISABLE_INSTALL_DEMO_CONFIG: "true" }, ["-Ea.b=2", "--quiet"]);
    expect(said.slice(2)).toEqual(["-Ea.b=1", "-Ea.b=2", "--quiet"]);
  });

  it("runs any other command as it is", () => {
    expect(start({}, ["echo", "hello"])).toEqual({ status: 0, said: ["hello"] });
  });

  it("refuses to run as root", () => {
    expect(start({}, ["opensearch"], "0")).toEqual({
      status: 1,
      said: ["OpenSearch cannot run as root. Please start your container as another user."],
    });
  });
});
