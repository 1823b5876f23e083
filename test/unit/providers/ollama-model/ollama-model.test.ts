import { describe, expect, it } from "vitest";
import type { OllamaModelState } from "../../../../providers/ollama-model/inputs";
import { ollamaModelLifecycle as lifecycle } from "../../../../providers/ollama-model/lifecycle";
import { PartialFailure } from "../../../../providers/shared/lifecycle";
import { DIGEST, failure, fake, inputs, lines, made, NAME } from "./ollama-model-support";

describe("create", () => {
  it("pulls a model that is missing, and owns it", async () => {
    const { id, state } = await made();
    expect(id).toBe(NAME);
    expect(state).toEqual({
      ...inputs(),
      digest: DIGEST,
      sizeBytes: 98_363_149,
      modifiedAt: fake.models.get(NAME)?.modifiedAt,
      pulled: true,
      fromPulled: false,
      schemaVersion: 1,
    });
  });

  it("tells of the pull in a few lines", async () => {
    await made();
    expect(lines.map((line) => line.replace(/pulled in [\d.]+ s/, "pulled in N s"))).toEqual([
      "OllamaModel smollm2:135m: pulling smollm2:135m",
      "OllamaModel smollm2:135m: pulling b179c9523d0e: 98 MB",
      "OllamaModel smollm2:135m: pulling b179c9523d0e: 30 % (30 MB of 98 MB)",
      "OllamaModel smollm2:135m: pulling b179c9523d0e: 59 % (59 MB of 98 MB)",
      "OllamaModel smollm2:135m: pulling b179c9523d0e: 80 % (79 MB of 98 MB)",
      "OllamaModel smollm2:135m: pulling b179c9523d0e: 100 % (98 MB of 98 MB)",
      "OllamaModel smollm2:135m: verifying sha256 digest",
      "OllamaModel smollm2:135m: pulled in N s",
      "OllamaModel smollm2:135m: ready, 98 MB",
    ]);
  });

  it("uses a model that is there already, and does not own it", async () => {
    const there = fake.add(NAME);
    const { state } = await made();
    expect(state).toMatchObject({ digest: there.digest, pulled: false });
    expect(fake.writes).toEqual([]);
    expect(lines).toEqual([
      "OllamaModel smollm2:135m: is already on the server; it is used as it is and will not be removed",
    ]);
  });

  it("two resources of one model pull it once", async () => {
    const states = (await Promise.all([made(), made()])).map(({ state }) => state.pulled);
    expect(states).toEqual([true, false]);
    expect(fake.writes).toEqual(["POST /api/pull"]);
  });

  it("a name without a tag means latest", async () => {
    fake.registry.set("tiny:latest", DIGEST);
    expect((await made({ model: "tiny" })).id).toBe("tiny:latest");
  });

  it("pulls by source, gives the model its name, and leaves no second one", async () => {
    const source = "127.0.0.1:5001/library/smollm2:135m";
    fake.registry.set(source, DIGEST);
    const { state } = await made({ source, insecure: true });
    expect(fake.writes).toEqual(["POST /api/pull", "POST /api/copy", "DELETE /api/delete"]);
    expect([...fake.models.keys()]).toEqual([NAME]);
    expect(state).toMatchObject({ pulled: true, digest: DIGEST });
  });

  it("a source that somebody else has there stays", async () => {
    const source = "127.0.0.1:5001/library/smollm2:135m";
    fake.add(source);
    await made({ source });
    expect([...fake.models.keys()]).toEqual([source, NAME]);
  });

  it("warms the model up when asked", async () => {
    await made({ warmUp: true, keepAlive: "-1", loadOptions: { num_ctx: 4096 } });
    expect(fake.bodies.at(-1)).toEqual({
      model: NAME,
      prompt: "",
      keep_alive: -1,
      options: { num_ctx: 4096 },
      stream: false,
    });
  });

  it("a warm-up that fails keeps the pulled model in the state", async () => {
    fake.refuse(
      "POST /api/generate",
      500,
      '{"error":"model requires more system memory (9 GiB) than is available (2 GiB)"}',
    );
    const error = await failure(made({ warmUp: true }));
    if (!(error instanceof PartialFailure)) expect.unreachable("the engine has to be told what was made");
    expect(error.id).toBe(NAME);
    expect(error.state).toMatchObject({ pulled: true, digest: DIGEST });
    expect(error.message).toBe(
      [
        'OllamaModel "smol": create failed: smollm2:135m: Ollama answered POST /api/generate with 500: model requires more system memory (9 GiB) than is available (2 GiB)',
        "  cause: The model needs more memory than the machine has free.",
        "  fix: Choose a smaller model or quantisation, lower num_ctx in parameters, or give Ollama's container more memory.",
      ].join("\n"),
    );
    const after = await lifecycle.update(NAME, error.state as OllamaModelState, inputs({ warmUp: true }));
    expect(after.pulled).toBe(true);
  });

  it("an expected digest is verified, also in its short form", async () => {
    expect((await made({ expectedDigest: `sha256:${DIGEST.slice(0, 12).toUpperCase()}` })).state.digest).toBe(DIGEST);
  });

  it("another digest than expected fails, and the model is in the state so that destroy removes it", async () => {
    const error = await failure(made({ expectedDigest: "0123456789ab" }));
    expect(error).toBeInstanceOf(PartialFailure);
    expect((error as PartialFailure<OllamaModelState>).state).toMatchObject({ digest: DIGEST, pulled: true });
    expect(error.message).toBe(
      [
        `OllamaModel "smol": create failed: smollm2:135m was pulled, but its digest is ${DIGEST} and expectedDigest is 0123456789ab.`,
        "  cause: The tag now points to another build in the registry, or the digest belongs to another registry's manifest.",
        "  fix: To accept the new build, set expectedDigest to its digest, or leave expectedDigest out.",
      ].join("\n"),
    );
  });
});

describe("failures of a pull", () => {
  it.each([
    [
      "pull model manifest: file does not exist",
      "The registry has no model of this name with this tag.",
      "Check the name and the tag (the part after the colon) in the model library. Private registries need the full name, host/namespace/name:tag.",
    ],
    [
      'pull model manifest: Get "https://127.0.0.1:5001/v2/library/smollm2/manifests/135m": http: server gave HTTP response to HTTPS client',
      "The registry uses plain HTTP, but Ollama uses HTTPS by default.",
      "Set insecure: true, for a registry on this machine or on a network you trust.",
    ],
    [
      'pull model manifest: Get "http://127.0.0.1:5999/v2/library/x/manifests/1": dial tcp 127.0.0.1:5999: connect: connection refused',
      "Nothing listens at the registry's address, as seen from the Ollama server.",
      "Start the registry, and use an address that Ollama can reach. Inside a container localhost is the container itself.",
    ],
    [
      'pull model manifest: Get "https://registry.example/v2/library/smollm2/manifests/360m": dial tcp: lookup registry.example on 10.0.0.1:53: dial udp 10.0.0.1:53: connect: network is unreachable',
      "The Ollama server downloads models itself, and cannot reach the registry from where it runs.",
      "Give its machine or container network access (or HTTPS_PROXY), set source to a registry that it can reach, or copy the model there beforehand: an existing model is not pulled.",
    ],
    [
      "http: no Location header in response",
      "Ollama can only download model files from a registry that redirects to another host. This registry serves them itself.",
      "Use a registry whose storage back end redirects (S3, or a redirect middleware).",
    ],
    ["something new", "Unknown; the server's own words are above.", "Check Ollama's log for this time."],
  ])("the pull error %j is told with its cause and fix", async (text, cause, fix) => {
    fake.pulls.push({ lines: [{ status: "pulling manifest" }, { error: text }] });
    const error = await failure(made());
    expect(error).not.toBeInstanceOf(PartialFailure);
    expect(error.message).toBe(
      `OllamaModel "smol": create failed: smollm2:135m: Ollama answered POST /api/pull with: ${text}\n  cause: ${cause}\n  fix: ${fix}`,
    );
    expect(fake.models.size).toBe(0);
  });

  it("the deadline names the setting to raise", async () => {
    fake.pulls.push({ lines: [{ status: "pulling aa", digest: "sha256:aa", total: 10, completed: 3 }], end: "hang" });
    const error = await failure(made({ timeouts: { createSeconds: 0.3 } }));
    expect(error.message).toBe(
      [
        'OllamaModel "smol": create failed: smollm2:135m: Waited 0.3 s for POST /api/pull to end; last seen: pulling aa, 3 of 10',
        "  cause: The download takes longer than the resource's deadline.",
        "  fix: Raise timeouts.createSeconds (or updateSeconds) and run again. The download resumes where it stopped.",
      ].join("\n"),
    );
  });

  it("an endpoint where something else answers is named as such", async () => {
    fake.refuse("GET /api/version", 404, "404 page not found");
    expect((await failure(made())).message).toBe(
      [
        'OllamaModel "smol": create failed: smollm2:135m: Ollama answered GET /api/version with 404: 404 page not found',
        "  cause: The server at the endpoint is not Ollama, a proxy there requires a sign-in, or the endpoint confuses http:// and https://.",
        "  fix: Check endpoint: curl ENDPOINT/api/version must answer with a version.",
      ].join("\n"),
    );
  });
});

describe("read", () => {
  it("finds the same state and inputs again", async () => {
    const { id, state } = await made();
    expect(await lifecycle.read(id, state)).toEqual({ state, inputs: inputs() });
    expect(lifecycle.diff(id, state, inputs())).toEqual({ changes: false, replaces: [] });
  });

  it("a model that a reachable server lacks is gone", async () => {
    const { id, state } = await made();
    fake.models.clear();
    expect(await lifecycle.read(id, state)).toBeUndefined();
  });

  it("a server that does not answer is an error, and never gone", async () => {
    const { id, state } = await made();
    const port = new URL(state.endpoint).port;
    await fake.stop();
    expect((await failure(lifecycle.read(id, state))).message).toBe(
      [
        `OllamaModel "smol": read failed: smollm2:135m: GET /api/tags: no answer from ${state.endpoint}: connect ECONNREFUSED 127.0.0.1:${port}`,
        "  cause: No Ollama answers at the endpoint: it is down, still starting, or elsewhere. By default Ollama listens on 127.0.0.1 only (OLLAMA_HOST).",
        "  fix: Check endpoint, and that the server runs (docker ps, curl ENDPOINT/api/version). If it is only reachable through a proxy, set NODE_USE_ENV_PROXY=1 as well as HTTPS_PROXY.",
      ].join("\n"),
    );
  });

  it("another build shows its digest and is no change, unless a digest is expected", async () => {
    const { id, state } = await made();
    fake.add(NAME, { digest: "f".repeat(64) });
    const seen = await lifecycle.read(id, state);
    expect(seen?.state.digest).toBe("f".repeat(64));
    expect(lifecycle.diff(id, seen?.state ?? state, inputs()).changes).toBe(false);
    expect(lifecycle.diff(id, seen?.state ?? state, inputs({ expectedDigest: DIGEST })).changes).toBe(true);
  });
});
