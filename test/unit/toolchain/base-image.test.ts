import { describe, expect, it } from "vitest";
import { packageMirror } from "../../../tools/toolchain/parts/base-image";

const blocks = `Types: deb
# http://old.example/debian/20250520T000000Z
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

describe("packageMirror", () => {
  it("takes the address of the block that has the release, and no comment", () => {
    expect(packageMirror(blocks, "bookworm")).toBe("http://mirror.example/debian");
  });

  it("understands one-line sources with options", () => {
    const lines = [
      "# deb http://comment.example/debian trixie main",
      "deb-src http://source.example/debian trixie main",
      "deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian trixie main contrib",
    ];
    expect(packageMirror(lines.join("\n"), "trixie")).toBe("http://mirror.example/debian");
  });

  it("finds nothing for a release that no source has", () => {
    expect(packageMirror(blocks, "trixie")).toBeUndefined();
    expect(packageMirror("", "bookworm")).toBeUndefined();
  });
});
