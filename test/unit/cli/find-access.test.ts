import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AccessFlags, findAccess } from "../../../cli/access/find-access";
import { CommandFailure } from "../../../cli/failure";
import { symptomOf } from "../../../diagnosis/diagnose";

const OUTPUTS = {
  opensearchEndpoint: "https://localhost:9200",
  opensearchUsername: "admin",
  opensearchPassword: "from-the-stack",
  opensearchCaCertificate: "PEM",
  ollamaEndpoint: "http://localhost:11434",
  chatModel: "smollm2:135m",
  api: "chat",
  modelId: "m1",
  ragIndex: "",
};

describe("findAccess", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "access-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A `pulumi` that writes its arguments into a file, then says this. */
  const pulumi = (stdout: string, stderr = "", code = 0): NodeJS.ProcessEnv => {
    writeFileSync(join(folder, "out"), stdout);
    writeFileSync(join(folder, "err"), stderr);
    const lines = ["#!/bin/sh", `cd "${folder}"`, 'echo "$@" > args', "cat out", "cat err >&2", `exit ${code}`];
    writeFileSync(join(folder, "pulumi"), lines.join("\n"));
    chmodSync(join(folder, "pulumi"), 0o755);
    return { PATH: `${folder}:/usr/bin:/bin` };
  };
  const failure = async (flags: AccessFlags, environment: NodeJS.ProcessEnv) => {
    const error: unknown = await findAccess(flags, environment).catch((thrown: unknown) => thrown);
    if (!(error instanceof CommandFailure)) throw error;
    return { exitCode: error.exitCode, ...error.explanation };
  };

  it("reads everything from the selected stack's outputs; an empty output is none", async () => {
    expect(await findAccess({}, pulumi(JSON.stringify(OUTPUTS)))).toEqual({
      source: "the selected stack",
      stack: {},
      opensearch: {
        endpoint: "https://localhost:9200",
        username: "admin",
        password: "from-the-stack",
        caCertificate: "PEM",
      },
      ollamaEndpoint: "http://localhost:11434",
      chatModel: "smollm2:135m",
      api: "chat",
      modelId: "m1",
    });
  });

  it("reads a stack without outputs where the servers are named: it was destroyed, or cut off in its first up", async () => {
    const flags = { stack: "dev", opensearch: "https://search.example.com" };
    expect(await findAccess(flags, pulumi("{}"))).toMatchObject({
      source: "stack dev",
      stack: { stack: "dev" },
      opensearch: { endpoint: "https://search.example.com" },
    });
  });

  it("takes a flag before a variable, and a variable before the stack", async () => {
    const environment = { ...pulumi(JSON.stringify(OUTPUTS)), OLLAMA_CHAT_MODEL_ID: "m2", OLLAMA_CHAT_MODEL: "x:1" };
    const access = await findAccess({ stack: "dev", modelId: "m3" }, environment);
    expect([access.source, access.modelId, access.chatModel]).toEqual(["stack dev", "m3", "x:1"]);
  });

  it("a stack's model is named by its alias, and one of no stack is a name in Ollama, with no model on OpenSearch", async () => {
    const several = {
      ...OUTPUTS,
      chatModels: { [OUTPUTS.chatModel]: OUTPUTS.chatModel, big: "big:7b" },
      apis: { [OUTPUTS.chatModel]: OUTPUTS.api, big: "openai" },
      connectorIds: { [OUTPUTS.chatModel]: "c1", big: "c2" },
      modelIds: { [OUTPUTS.chatModel]: "m1", big: "m2" },
    };
    const { chatModel, api, connectorId, modelId } = await findAccess(
      { model: "big" },
      pulumi(JSON.stringify(several)),
    );
    expect({ chatModel, api, connectorId, modelId }).toEqual({
      chatModel: "big:7b",
      api: "openai",
      connectorId: "c2",
      modelId: "m2",
    });
    const other = await findAccess({ model: "mistral:7b" }, pulumi(JSON.stringify(several)));
    expect([other.chatModel, other.modelId, other.aliases]).toEqual([
      "mistral:7b",
      undefined,
      [OUTPUTS.chatModel, "big"],
    ]);
    const both = await findAccess({ model: "mistral:7b", modelId: "m9" }, pulumi(JSON.stringify(several)));
    expect([both.chatModel, both.modelId]).toEqual(["mistral:7b", "m9"]);
  });

  it("a stack's user who may only ask is known beside its own, unless another user, password or server is named", async () => {
    const outputs = pulumi(JSON.stringify({ ...OUTPUTS, predictUsername: "asker", predictPassword: "its-own" }));
    const { opensearch, asker } = await findAccess({ stack: "dev" }, outputs);
    expect(asker).toEqual({ ...opensearch, username: "asker", password: "its-own" });
    const named = [
      [{ username: "me" }, { OLLAMA_CHAT_OPENSEARCH_PASSWORD: "mine" }],
      [{}, { OLLAMA_CHAT_OPENSEARCH_PASSWORD: "mine" }],
      [{ passwordEnv: "MINE" }, { MINE: "mine" }],
      [{ opensearch: "http://other:9200" }, {}],
    ] as const;
    for (const [flags, variables] of named) {
      expect((await findAccess({ stack: "dev", ...flags }, { ...outputs, ...variables })).asker).toBeUndefined();
    }
    const without = pulumi(JSON.stringify({ ...OUTPUTS, predictUsername: "", predictPassword: "" }));
    expect((await findAccess({ stack: "dev" }, without)).asker).toBeUndefined();
  });

  it("never sends a stack's password to an OpenSearch that a flag names", async () => {
    const access = await findAccess({ stack: "dev", opensearch: "http://other:9200" }, pulumi(JSON.stringify(OUTPUTS)));
    expect(access.opensearch).toEqual({ endpoint: "http://other:9200" });
  });

  it("reads no stack where a server is named", async () => {
    const access = await findAccess({ ollama: "http://localhost:1" }, { PATH: folder });
    expect(access).toEqual({ source: "flags and environment", ollamaEndpoint: "http://localhost:1", api: "generate" });
  });

  describe("what stands before the servers", () => {
    const behind = {
      ...OUTPUTS,
      opensearchUsername: "",
      opensearchPassword: "",
      opensearchAwsRegion: "eu-central-1",
      opensearchAwsService: "es",
      opensearchAwsAccessKeyId: "AKID",
      opensearchAwsSecretAccessKey: "aws-secret",
      ollamaHeaders: { Authorization: "Bearer from-the-stack" },
    };

    it("comes from the stack: headers for Ollama's gateway, a signature for AWS", async () => {
      const { ollamaHeaders, opensearch } = await findAccess({}, pulumi(JSON.stringify(behind)));
      expect(ollamaHeaders).toEqual({ Authorization: "Bearer from-the-stack" });
      const aws = { region: "eu-central-1", service: "es", accessKeyId: "AKID", secretAccessKey: "aws-secret" };
      expect(opensearch).toEqual({ endpoint: "https://localhost:9200", caCertificate: "PEM", aws });
    });

    it("never goes from the stack to a server that a flag names", async () => {
      const flags = { stack: "dev", ollama: "http://other:11434", opensearch: "http://other:9200" };
      const { ollamaHeaders, opensearch } = await findAccess(flags, pulumi(JSON.stringify(behind)));
      expect([ollamaHeaders, opensearch]).toEqual([undefined, { endpoint: "http://other:9200" }]);
    });

    it.each([
      [{ OLLAMA_CHAT_OLLAMA_TOKEN: "t" }, { Authorization: "Bearer t" }],
      [{ OLLAMA_CHAT_OLLAMA_USERNAME: "ada", OLLAMA_CHAT_OLLAMA_PASSWORD: "pw" }, { Authorization: "Basic YWRhOnB3" }],
      [{ OLLAMA_CHAT_OLLAMA_HEADERS: '{"X-Api-Key":"k"}' }, { "X-Api-Key": "k" }],
    ])("comes from variables before the stack: %j", async (variables, headers) => {
      const environment = { ...pulumi(JSON.stringify(behind)), ...variables };
      expect((await findAccess({}, environment)).ollamaHeaders).toEqual(headers);
      const named = await findAccess({ ollama: "http://h:1" }, variables);
      expect(named.ollamaHeaders).toEqual(headers);
    });

    it("a region stands for AWS's standard chain, and keeps a stack's keys to the stack", async () => {
      const environment = { ...pulumi(JSON.stringify(behind)), OLLAMA_CHAT_OPENSEARCH_AWS_SERVICE: "aoss" };
      const { opensearch } = await findAccess({ stack: "dev", awsRegion: "us-east-1" }, environment);
      expect(opensearch?.aws).toEqual({ region: "us-east-1", service: "aoss" });
    });

    it.each([
      [
        {},
        { OLLAMA_CHAT_OLLAMA_HEADERS: "X-Api-Key: secret-key" },
        'What is given for Ollama\'s gateway cannot be used: auth.headers is [secret]: must be an object of texts, such as { "X-Api-Key": "…" }.',
        "It comes from OLLAMA_CHAT_OLLAMA_HEADERS.",
      ],
      [
        {},
        { OLLAMA_CHAT_OLLAMA_TOKEN: "t", OLLAMA_CHAT_OLLAMA_USERNAME: "ada", OLLAMA_CHAT_OLLAMA_PASSWORD: "pw" },
        "What is given for Ollama's gateway cannot be used: auth.token is [secret]: give either token or username and password, not both.",
        "It comes from OLLAMA_CHAT_OLLAMA_TOKEN, OLLAMA_CHAT_OLLAMA_USERNAME, OLLAMA_CHAT_OLLAMA_PASSWORD.",
      ],
      [
        { awsService: "es" },
        {},
        "What is given for AWS's signature cannot be used: region is missing: must be a region of AWS, such as eu-central-1.",
        "It comes from --aws-region (OLLAMA_CHAT_OPENSEARCH_AWS_REGION), --aws-service (OLLAMA_CHAT_OPENSEARCH_AWS_SERVICE).",
      ],
      [
        { awsRegion: "eu-central-1", username: "ada" },
        { OLLAMA_CHAT_OPENSEARCH_PASSWORD: "pw" },
        "What is given for AWS's signature cannot be used: give either --aws-region or --username, not both.",
        "It comes from --aws-region (OLLAMA_CHAT_OPENSEARCH_AWS_REGION), --aws-service (OLLAMA_CHAT_OPENSEARCH_AWS_SERVICE).",
      ],
    ])("is refused before anything is asked: %j %j", async (flags, environment, what, cause) => {
      const where = { opensearch: "http://h:9200", ollama: "http://h:11434" };
      const fix = "Correct it; docs/cli.md lists the variables and what each holds.";
      expect(await failure({ ...where, ...flags }, environment)).toEqual({ exitCode: 2, what, cause, fix });
    });
  });

  it("takes the password from the variable that is named, also for a stack's OpenSearch", async () => {
    const environment = { ...pulumi(JSON.stringify(OUTPUTS)), MINE: "rotated", OLLAMA_CHAT_OPENSEARCH_PASSWORD: "x" };
    expect((await findAccess({ passwordEnv: "MINE" }, environment)).opensearch?.password).toBe("rotated");
    expect((await findAccess({}, environment)).opensearch?.password).toBe("x");
    expect(await failure({ passwordEnv: "NONE", opensearch: "http://o:9200", username: "ada" }, {})).toEqual({
      exitCode: 2,
      what: "There is no password for OpenSearch's user ada: the variable NONE is not set.",
      cause: "Passwords are never taken from the command line, where every process list shows them.",
      fix: "Set NONE, or name another variable with --password-env.",
    });
  });

  it("takes the authority and the trust in any certificate from the flags, for a stack's OpenSearch too", async () => {
    const file = join(folder, "ca.pem");
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nours");
    const stack = pulumi(JSON.stringify({ ...OUTPUTS, opensearchCaCertificate: "" }));
    expect((await findAccess({ caFile: file }, stack)).opensearch).toMatchObject({
      endpoint: "https://localhost:9200",
      password: "from-the-stack",
      caCertificate: "-----BEGIN CERTIFICATE-----\nours",
    });
    expect((await findAccess({ skipTlsVerify: true }, stack)).opensearch).toMatchObject({ skipTlsVerify: true });
    const environment = { ...stack, OLLAMA_CHAT_OPENSEARCH_CA_CERTIFICATE_FILE: file };
    expect((await findAccess({}, environment)).opensearch?.caCertificate).toMatch(/ours$/);
    const given = await findAccess({ opensearch: "https://o:9200", caFile: file }, {});
    expect(given.opensearch?.caCertificate).toMatch(/ours$/);
    writeFileSync(file, Buffer.from([0x30, 0x82, 0xff, 0x42]));
    expect(await failure({ caFile: file }, stack)).toEqual({
      exitCode: 2,
      what: `The file ${file}, named by --ca-file, contains no PEM certificate.`,
      cause: "It is empty, in another form such as DER, or another file.",
      fix: "Give the authority's certificate as text that begins with BEGIN CERTIFICATE.",
    });
    expect((await failure({ caFile: join(folder, "nope") }, stack)).what).toContain(
      "named by --ca-file, cannot be read",
    );
  });

  it("takes another user than the stack's with a password of its own only", async () => {
    const stack = pulumi(JSON.stringify(OUTPUTS));
    expect((await findAccess({ username: "admin" }, stack)).opensearch?.password).toBe("from-the-stack");
    const environment = { ...stack, MINE: "ada's" };
    expect((await findAccess({ username: "ada", passwordEnv: "MINE" }, environment)).opensearch).toMatchObject({
      username: "ada",
      password: "ada's",
    });
    expect((await failure({ username: "ada" }, stack)).what).toBe(
      "There is no password for OpenSearch's user ada: the variable OLLAMA_CHAT_OPENSEARCH_PASSWORD is not set.",
    );
  });

  it("says which flag or variable is not right", async () => {
    expect(await failure({ ollama: "localhost:11434" }, {})).toEqual({
      exitCode: 2,
      what: '--ollama is "localhost:11434": must begin with http:// or https://, as in http://localhost:11434.',
      cause: "The flag --ollama, or the variable OLLAMA_CHAT_OLLAMA_ENDPOINT, says so.",
      fix: "Correct it; ollama-chat --help shows all of them.",
    });
    const { what } = await failure({}, { OLLAMA_CHAT_API: "telepathy", OLLAMA_CHAT_OLLAMA_ENDPOINT: "http://o:1" });
    expect(what).toBe('--api is "telepathy": must be one of generate, chat, openai.');
    for (const [flag, value] of [
      ["model", "smollm2:135m "],
      ["modelId", "m1\n"],
      ["embeddingModelId", "m\u200b1"],
    ] as const) {
      expect((await failure({ ollama: "http://o:1", [flag]: value }, {})).what).toMatch(
        /^--(?:model|model-id|embedding-model-id) is "(?:smollm2:135m |m1\\n|m\\u200b1)": must be a name without blanks or line ends\.$/,
      );
    }
  });

  it("ends with 3 where there is no pulumi", async () => {
    expect(await failure({}, { PATH: folder })).toEqual({
      exitCode: 3,
      what: "The command pulumi was not found, so no stack can be read.",
      cause: "Endpoints come from a Pulumi stack's outputs unless flags or variables name them.",
      fix: "Install Pulumi, or give the servers themselves: --opensearch URL --model-id ID, or --ollama URL --model NAME (see ollama-chat --help).",
    });
  });

  it.each([
    ["error: incorrect passphrase", "The stack's secrets are encrypted with a passphrase, which is missing or wrong."],
    [
      "error: no stack selected; please use `pulumi stack select`",
      "No such stack is in this backend, or none is selected.",
    ],
    ["error: stack 'dev' not found", "No such stack is in this backend, or none is selected."],
    ["error: no Pulumi.yaml project file found", "This folder is no Pulumi project."],
    ["error: PULUMI_ACCESS_TOKEN must be set for login", "Pulumi does not know the stack's backend."],
    ["error: failed to load checkpoint: EOF", symptomOf("checkpoint-attributes").cause],
    ["error: something else", "pulumi stack output failed with the message above."],
  ])("ends with 3 and explains pulumi's %j", async (stderr, cause) => {
    const found = await failure({ stack: "dev" }, pulumi("", `${stderr}\n`, 255));
    expect([found.exitCode, found.what, found.cause]).toEqual([
      3,
      `The outputs of the stack dev cannot be read: ${stderr.slice("error: ".length)}`,
      cause,
    ]);
  });

  it("ends with 3 where the stack is another program's, or pulumi answers with no JSON", async () => {
    const foreign = await failure({}, pulumi(JSON.stringify({ url: "x", bucket: "y" })));
    expect([foreign.exitCode, foreign.what]).toEqual([
      3,
      "The selected stack has no outputs of a chat stack; its outputs are: bucket, url",
    ]);
    const broken = await failure({}, pulumi("warning: a new version is out"));
    expect([broken.exitCode, broken.cause]).toEqual([
      3,
      "It is another program's stack, it exports under other names, or pulumi up has not finished yet.",
    ]);
  });
});
