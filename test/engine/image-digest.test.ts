import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "./support/project";
import { hasDocker, hasEngine } from "./support/toolchain";

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** An image with nothing in it, as a registry holds it: a manifest, a configuration, and one empty layer. */
function emptyImage(label: string) {
  const tar = Buffer.alloc(1024);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { label } },
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: descriptor("application/vnd.docker.container.image.v1+json", config),
      layers: [descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer)],
    }),
  );
  return { manifest, blobs: [config, layer], digest: digestOf(manifest) };
}

describe.skipIf(!hasEngine || !hasDocker)("an image by digest", () => {
  const pinned = emptyImage("pinned");
  const moved = emptyImage("moved");
  /** What the tag leads to. */
  let tagged = pinned;
  let registry: Server;
  let project: Project;
  let name: string;

  beforeAll(async () => {
    registry = createServer((request, response) => {
      const wanted = (request.url ?? "").split("/").at(-1) ?? "";
      const manifest =
        [pinned, moved].find(({ digest }) => digest === wanted) ?? (wanted === "stable" ? tagged : undefined);
      const blob = [...pinned.blobs, ...moved.blobs].find((bytes) => digestOf(bytes) === wanted);
      const body = (request.url ?? "").includes("/manifests/") ? manifest?.manifest : blob;
      if (request.url === "/v2/") return void response.end("{}");
      if (body === undefined) return void response.writeHead(404).end("{}");
      const type = manifest === undefined ? "application/octet-stream" : MANIFEST;
      const headers = { "content-type": type, "content-length": body.length, "docker-content-digest": digestOf(body) };
      response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : body);
    }).listen(0, "127.0.0.1");
    await once(registry, "listening");
    name = `127.0.0.1:${(registry.address() as AddressInfo).port}/ollama`;
    project = await Project.ofRepository(`digest${process.pid}`, {});
  });

  afterAll(async () => {
    await project?.destroy();
    project?.remove();
    registry?.close();
    const images = execFileSync("docker", ["images", "--quiet", "--no-trunc", name], { encoding: "utf8" });
    for (const id of new Set(images.split("\n").filter(Boolean)))
      execFileSync("docker", ["image", "rm", "--force", id]);
  });

  it.each(["", ":stable"])("is pulled by it, and stays what it is when its tag moves: NAME%s@sha256:…", async (tag) => {
    tagged = pinned;
    project.configure({ opensearchEndpoint: "http://127.0.0.1:9", ollamaImage: `${name}${tag}@${pinned.digest}` });
    const only = ["", "-ollama-image"].flatMap((part) => ["--target", `**::chat${part}`]);
    const run = await project.up(...only);
    expect(run.code, run.output).toBe(0);
    const image = () => project.resources().find(({ urn }) => urn.endsWith("::chat-ollama-image"))?.outputs;
    expect(image()).toMatchObject({ repoDigest: `${name}@${pinned.digest}` });
    const id = image()?.imageId;
    tagged = moved;
    const refreshed = await project.refresh(...only);
    expect(refreshed.code, refreshed.output).toBe(0);
    expect(image()?.imageId).toBe(id);
  });
});
