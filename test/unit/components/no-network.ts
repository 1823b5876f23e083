import { promises as dns } from "node:dns";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, vi } from "vitest";
import { DockerEngine } from "../../../clients/docker/engine";

const NAMES: Readonly<Record<string, string>> = { "gpu-box": "10.0.0.7", "forwarded.example.com": "127.0.0.1" };

/** A Docker on another machine. */
export const GPU_BOX = "ssh://me@gpu-box";

/** Each test of a file runs without a network, with no Docker named by a variable or the configuration. */
export function eachWithoutNetwork(): void {
  beforeEach(() => {
    vi.stubEnv("DOCKER_HOST", "");
    withoutNetwork();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    pulumi.runtime.setAllConfig({});
  });
}

/** Looks up these names without a name server, and lets no Docker be asked. */
function withoutNetwork(): void {
  vi.spyOn(DockerEngine.prototype, "get").mockRejectedValue(new Error("Docker does not answer"));
  const lookup = async (host: string) => {
    if (NAMES[host] === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
    return [{ address: NAMES[host], family: 4 }];
  };
  vi.spyOn(dns, "lookup").mockImplementation(lookup as unknown as typeof dns.lookup);
}
