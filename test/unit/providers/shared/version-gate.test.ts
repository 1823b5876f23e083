import { describe, expect, it } from "vitest";
import { requireVersion } from "../../../../providers/shared/version-gate";

const on = (version: string, since: string, used = true) =>
  requireVersion({ clusterUuid: "c", version }, [{ property: "clientConfig.x", used, since }]);

describe("a feature that needs a newer server", () => {
  it.each([
    ["3.5.0", "3.5"],
    ["3.10.1", "3.9"],
    ["4.0.0", "3.5"],
    ["3.7.0-SNAPSHOT", "3.7"],
  ])("is let through on %s, where it came with %s", (version, since) => {
    expect(() => on(version, since)).not.toThrow();
  });

  it.each([
    ["3.4.0", "3.5"],
    ["2.19.4", "3.5"],
    ["3.9.0", "3.10"],
  ])("is refused on %s, where it came with %s", (version, since) => {
    expect(() => on(version, since)).toThrow(
      `clientConfig.x needs OpenSearch ${since} or later; this cluster is ${version}.\n  cause: Older servers silently drop it, so it would never take effect.\n  fix: Leave clientConfig.x out, or upgrade the cluster.`,
    );
  });

  it("is no matter where it is not used", () => {
    expect(() => on("2.19.4", "3.5", false)).not.toThrow();
  });
});
