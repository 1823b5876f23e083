import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OPENSEARCH_IMAGE } from "../../../components/opensearch-server";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { featureVersion, parseJavaVersion } from "../../../tools/toolchain/parts/jdk";
import { opensearch36 } from "../../../tools/toolchain/parts/opensearch-releases";
import { publishedChecksum } from "../../../tools/toolchain/parts/pulumi-cli";
import { isAtLeast, parseVersion, versions } from "../../../tools/toolchain/versions";

describe("parseVersion", () => {
  it.each([
    ["v3.245.0\n", "3.245.0"],
    ["ollama version is 0.17.4", "0.17.4"],
    ["go version go1.26.8 linux/amd64", "1.26.8"],
    ["Docker version 20.10.24+dfsg1, build 297e128", "20.10.24"],
    ["no version here", undefined],
    ["127.0.0.1", undefined],
  ])("reads %j as %s", (text, expected) => {
    expect(parseVersion(text)).toBe(expected);
  });
});

describe("isAtLeast", () => {
  it.each([
    ["3.245.0", "3.245.0", true],
    ["3.245.1", "3.245.0", true],
    ["3.100.9", "3.245.0", false],
    ["4.0.0", "3.245.0", true],
    ["22.2.0", "22.12.0", false],
    ["24.0.0", "22.12.0", true],
  ])("%s is at least %s: %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});

describe("the pinned versions", () => {
  it("are the Docker plugin that @pulumi/docker asks for", () => {
    const file = join(packageRoot, "node_modules", "@pulumi", "docker", "package.json");
    expect(versions.dockerPlugin).toBe(JSON.parse(readFileSync(file, "utf8")).pulumi.version);
  });

  it.each([
    ["pulumi-cli/go.mod", `github.com/pulumi/pulumi/pkg/v3 v${versions.pulumi}`],
    ["language-nodejs/go.mod", `github.com/pulumi/pulumi/sdk/v3 v${versions.languageHost}`],
    ["ollama/go.mod", `github.com/ollama/ollama v${versions.ollama}`],
    ["docker-plugin/main.go", `const version = "${versions.dockerPlugin}"`],
  ])("are those of the recipe %s", (file, line) => {
    expect(readFileSync(join(packageRoot, "tools", "toolchain", "recipes", file), "utf8")).toContain(line);
  });
});

describe("the OpenSearch that is laid out", () => {
  it("is the one whose official image is asked for, and the component's default", () => {
    expect([opensearch36.version, OPENSEARCH_IMAGE]).toEqual([
      versions.opensearch,
      `opensearchproject/opensearch:${versions.opensearch}`,
    ]);
  });
});

describe("Java versions", () => {
  it("are read from what java prints", () => {
    expect(parseJavaVersion('openjdk version "25.0.3" 2026-04-21 LTS')).toBe("25.0.3");
    expect(parseJavaVersion("java: not found")).toBeUndefined();
  });

  it.each([
    ["25.0.3", 25],
    ["21", 21],
    ["1.8.0_412", 8],
    ["17.0.15", 17],
    ["25-ea", 25],
  ])("%s is Java %i", (version, feature) => {
    expect(featureVersion(version)).toBe(feature);
  });
});

describe("publishedChecksum", () => {
  const list = "aa11  pulumi-v3.245.0-linux-arm64.tar.gz\nbb22  pulumi-v3.245.0-linux-x64.tar.gz\n";

  it("finds the line of exactly that file", () => {
    expect(publishedChecksum(list, "pulumi-v3.245.0-linux-x64.tar.gz")).toBe("bb22");
    expect(publishedChecksum(list, "linux-x64.tar.gz")).toBeUndefined();
    expect(publishedChecksum(list, "pulumi-v3.245.0-darwin-x64.tar.gz")).toBeUndefined();
  });
});
