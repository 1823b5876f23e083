import * as pulumi from "@pulumi/pulumi";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { applied, withoutOutputs } from "../dynamic/applied";
import { basicCredentials, type OllamaAuth } from "../shared/ollama-auth";
import type { OllamaAuthArgs } from "../shared/ollama-auth-args";
import { ProgramError } from "../shared/program-error";
import { authCredential } from "./preset-auth";
import type { ConnectorPreset, OllamaPresetArgs, OpenAiPresetArgs } from "./presets";
import * as presets from "./presets";
import * as trust from "./trust";

/** The arguments of a preset, each a plain value or an output; in `auth`, each secret. */
export type PresetInputs<Args> = {
  readonly [Name in keyof Args]: Name extends "auth"
    ? OllamaAuthArgs | undefined
    : pulumi.Input<Exclude<Args[Name], undefined>> | Extract<Args[Name], undefined>;
};

/** Result of a preset if an argument is an output; spread it into `ConnectorArgs` like a `ConnectorPreset`. */
export interface ConnectorPresetInputs {
  /** `http`. */
  readonly protocol: pulumi.Input<string>;
  /** 1. */
  readonly version: pulumi.Input<number>;
  /** The model, and its options as JSON. */
  readonly parameters: pulumi.Input<Record<string, string>>;
  /** One action, `predict`. */
  readonly actions: pulumi.Input<readonly ConnectorAction[]>;
  /** The time limit. */
  readonly clientConfig: pulumi.Input<ConnectorClientConfig>;
  /** Parameters that callers of `_predict` send. */
  readonly predictParameters: pulumi.Input<readonly string[]>;
  /** The API key and the secrets of `auth`, if given. */
  readonly credential?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Result of a preset if only secrets are outputs. */
export type OpenAiPreset = Omit<ConnectorPreset, "credential"> & Pick<ConnectorPresetInputs, "credential">;

/**
 * `POST /api/generate`: one prompt in, one text out. Callers send `prompt`. OpenSearch's RAG processor sends `inputs`
 * instead, which is then used as the prompt. One deployed model serves both (the processor with `llm_response_field:
 * "response"`).
 *
 * @returns plain values if all arguments are plain, else outputs.
 */
export function ollamaGenerate(args: OllamaPresetArgs): ConnectorPreset;
export function ollamaGenerate(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs;
export function ollamaGenerate(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs {
  return built(args, presets.ollamaGenerate);
}

/**
 * `POST /api/chat`: a conversation in, one message out. Callers send `messages`, a list of `{ role, content }`.
 *
 * @returns plain values if all arguments are plain, else outputs.
 * @example
 * ```ts
 * const connection = { endpoint: "http://localhost:9200" };
 * const model = new OllamaModel("chat", { endpoint: "http://localhost:11434", model: "smollm2:135m" });
 * const preset = ollamaChat({ endpoint: "http://localhost:11434", model: model.id });
 * const connector = new Connector("chat", { connection, ...preset });
 * ```
 */
export function ollamaChat(args: OllamaPresetArgs): ConnectorPreset;
export function ollamaChat(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs;
export function ollamaChat(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs {
  return built(args, presets.ollamaChat);
}

/**
 * `POST /api/embed`: texts in, vectors out. Callers send `input`, a list of texts. If a text exceeds the model's
 * context, Ollama embeds only its beginning; with the parameter `truncate: "false"` it refuses the text.
 *
 * @returns plain values if all arguments are plain, else outputs.
 */
export function ollamaEmbedding(args: OllamaPresetArgs): ConnectorPreset;
export function ollamaEmbedding(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs;
export function ollamaEmbedding(args: PresetInputs<OllamaPresetArgs>): ConnectorPresetInputs {
  return built(args, presets.ollamaEmbedding);
}

/**
 * `POST /v1/chat/completions`: OpenAI's API, which Ollama supports too. RAG pipelines of OpenSearch send their requests
 * in this format. Callers send `messages`. Conversational agents send another format, which is refused (400 `Invalid
 * payload`, seen on 3.6.0).
 *
 * @returns plain values if all arguments are plain, else outputs. A secret `apiKey` makes only the credential secret.
 * @example
 * ```ts
 * const connector = new Connector("cloud", {
 *   connection: { endpoint: "http://localhost:9200" },
 *   ...openAiChat({
 *     endpoint: "https://api.example.com/v1",
 *     model: "large",
 *     apiKey: new pulumi.Config().requireSecret("apiKey"),
 *   }),
 * });
 * ```
 */
export function openAiChat(
  args: Omit<OpenAiPresetArgs, "apiKey"> & Pick<PresetInputs<OpenAiPresetArgs>, "apiKey">,
): OpenAiPreset;
export function openAiChat(args: PresetInputs<OpenAiPresetArgs>): ConnectorPresetInputs;
export function openAiChat(given: PresetInputs<OpenAiPresetArgs>): ConnectorPresetInputs {
  // A JavaScript program may pass nothing.
  const { apiKey, ...args } = given ?? {};
  if (apiKey === undefined) return built(args, presets.openAiChat);
  // The request body only refers to the credential, so nothing else becomes secret with the key.
  const key = typeof apiKey === "object" ? "" : apiKey;
  const body = built(args, (known: OpenAiPresetArgs) => presets.openAiChat({ ...known, apiKey: key }));
  return { ...body, credential: { ...body.credential, api_key: apiKey } };
}

/**
 * A regex that matches exactly one URL, for `plugins.ml_commons.trusted_connector_endpoints_regex`. Anchored, with all
 * special characters escaped. The server matches an entry against the whole URL, so a prefix is not enough.
 *
 * @returns a string for a plain URL, else an output.
 * @example
 * ```ts
 * trustedEndpointRegex("http://ollama:11434/api/chat"); // ^http://ollama:11434/api/chat$
 * ```
 */
export function trustedEndpointRegex(url: string): string;
export function trustedEndpointRegex(url: pulumi.Input<string>): string | pulumi.Output<string>;
export function trustedEndpointRegex(url: pulumi.Input<string>): string | pulumi.Output<string> {
  return applied(url, trust.trustedEndpointRegex);
}

/** As with the API key, only the credential is secret with the secrets of `auth`, and only it waits for their values. */
function built<Args extends { readonly auth?: OllamaAuth }>(
  args: PresetInputs<Args>,
  preset: (known: Args) => ConnectorPreset,
): ConnectorPresetInputs {
  const { auth, ...others } = args ?? {};
  const body = applied(others, (known) => preset({ ...(known as object), ...authShape(auth) } as Args));
  return members(body, auth);
}

/**
 * An `auth` for the body of a preset, which names the secrets and holds none: unknown values take the place of outputs.
 *
 * @throws ProgramError if it is an output as a whole, which hides what it asks for
 */
export function authShape(auth: OllamaAuthArgs | undefined): { readonly auth?: OllamaAuth } {
  if (auth === undefined) return {};
  if (pulumi.Output.isInstance(auth)) throw new ProgramError(WHOLE_OUTPUT);
  return { auth: withoutOutputs(auth) as OllamaAuth };
}

const WHOLE_OUTPUT = "auth is an output: must be an object whose members may be outputs, such as { token: secret }";

function credentialOf(auth: OllamaAuthArgs | undefined): Pick<ConnectorPresetInputs, "credential"> {
  return authCredential<pulumi.Input<string>>(auth, (username, password) =>
    applied({ username, password }, (known) => basicCredentials(known.username, known.password)),
  );
}

/** The members of a preset. If the preset is an output, each member but the credential is one. */
export function members(
  preset: ConnectorPreset | pulumi.Output<ConnectorPreset>,
  auth?: OllamaAuthArgs,
): ConnectorPresetInputs {
  if (!pulumi.Output.isInstance(preset)) return { ...preset, ...credentialOf(auth) };
  return {
    protocol: preset.apply((known) => known.protocol),
    version: preset.apply((known) => known.version),
    parameters: preset.apply((known) => known.parameters),
    actions: preset.apply((known) => known.actions),
    clientConfig: preset.apply((known) => known.clientConfig),
    predictParameters: preset.apply((known) => known.predictParameters),
    ...credentialOf(auth),
  };
}
