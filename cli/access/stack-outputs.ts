import { z } from "zod";
import { symptomFor } from "../../diagnosis/diagnose";
import { CommandFailure, ExitCode } from "../failure";
import { asJson, PulumiFailure, pulumi, type StackSelection, stackFlag } from "./pulumi";

const byAlias = z.record(z.string(), z.string()).optional();

const outputsSchema = z.looseObject({
  opensearchEndpoint: z.string().optional(),
  opensearchEndpoints: z.array(z.string()).optional(),
  opensearchUsername: z.string().optional(),
  opensearchPassword: z.string().optional(),
  predictUsername: z.string().optional(),
  predictPassword: z.string().optional(),
  opensearchCaCertificate: z.string().optional(),
  opensearchAwsRegion: z.string().optional(),
  opensearchAwsService: z.string().optional(),
  opensearchAwsAccessKeyId: z.string().optional(),
  opensearchAwsSecretAccessKey: z.string().optional(),
  opensearchAwsSessionToken: z.string().optional(),
  ollamaEndpoint: z.string().optional(),
  ollamaHeaders: z.record(z.string(), z.string()).optional(),
  chatModel: z.string().optional(),
  api: z.string().optional(),
  modelGroupId: z.string().optional(),
  connectorId: z.string().optional(),
  modelId: z.string().optional(),
  chatModels: byAlias,
  apis: byAlias,
  connectorIds: byAlias,
  modelIds: byAlias,
  ragIndex: z.string().optional(),
  embeddingModel: z.string().optional(),
  embeddingModelId: z.string().optional(),
});

export type StackOutputs = z.infer<typeof outputsSchema>;

/**
 * Reads a stack's outputs, including secrets. Uses the `pulumi` command, which knows the backend and how to decrypt.
 *
 * @param mayBeNone flags name the servers, so the stack may have no outputs: destroyed, or cut off during its first up.
 * @throws CommandFailure if `pulumi` or the stack is missing, or the stack has no outputs of a chat stack.
 */
export async function readStackOutputs(
  selection: StackSelection,
  mayBeNone: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<StackOutputs> {
  const which = selection.stack === undefined ? "the selected stack" : `the stack ${selection.stack}`;
  const parsed = outputsSchema.safeParse(asJson(await pulumiOutputs(selection, which, environment)));
  if (!parsed.success) throw notAChatStack(which, z.prettifyError(parsed.error));
  const { opensearchEndpoint, ollamaEndpoint } = parsed.data;
  if (!mayBeNone && opensearchEndpoint === undefined && ollamaEndpoint === undefined) {
    const names = Object.keys(parsed.data).sort().join(", ") || "none";
    throw notAChatStack(which, `its outputs are: ${names}`);
  }
  return parsed.data;
}

async function pulumiOutputs(selection: StackSelection, which: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return await pulumi(["stack", "output", "--json", "--show-secrets", ...stackFlag(selection)], selection, env);
  } catch (error) {
    if (!(error instanceof PulumiFailure)) throw error;
    throw error.isMissing ? noPulumi() : refused(which, error.said);
  }
}

const ELSEWHERE =
  "give the servers themselves: --opensearch URL --model-id ID, or --ollama URL --model NAME (see ollama-chat --help).";

function noPulumi(): CommandFailure {
  return new CommandFailure(ExitCode.noAccess, {
    what: "The command pulumi was not found, so no stack can be read.",
    cause: "Endpoints come from a Pulumi stack's outputs unless flags or variables name them.",
    fix: `Install Pulumi, or ${ELSEWHERE}`,
  });
}

function refused(which: string, text: string): CommandFailure {
  const known = CAUSES.find(({ match }) => match.test(text)) ?? symptomFor({ server: "pulumi", text });
  return new CommandFailure(ExitCode.noAccess, {
    what: `The outputs of ${which} cannot be read: ${text}`,
    cause: known?.cause ?? "pulumi stack output failed with the message above.",
    fix: known?.fix ?? `Make that command work first, or ${ELSEWHERE}`,
  });
}

const CAUSES = [
  {
    match: /passphrase/i,
    cause: "The stack's secrets are encrypted with a passphrase, which is missing or wrong.",
    fix: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the stack's.",
  },
  {
    match: /no stack selected|no stack named|stack '.*' not found/i,
    cause: "No such stack is in this backend, or none is selected.",
    fix: `Name one with --stack (pulumi stack ls shows them), or ${ELSEWHERE}`,
  },
  {
    match: /no Pulumi\.yaml project file found|no project file/i,
    cause: "This folder is no Pulumi project.",
    fix: `Go to the project's folder or give it as --cwd, or ${ELSEWHERE}`,
  },
  {
    match: /PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i,
    cause: "Pulumi does not know the stack's backend.",
    fix: "Run pulumi login, for example pulumi login --local, or set PULUMI_BACKEND_URL.",
  },
];

function notAChatStack(which: string, detail: string): CommandFailure {
  return new CommandFailure(ExitCode.noAccess, {
    what: `${sentenceCase(which)} has no outputs of a chat stack; ${detail}`,
    cause: "It is another program's stack, it exports under other names, or pulumi up has not finished yet.",
    fix: "Run pulumi up, and let the program export what OllamaChatStack's outputs() returns.",
  });
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
