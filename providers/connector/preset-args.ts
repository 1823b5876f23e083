import { z } from "zod";
import { baseUrlProblem } from "../shared/base-url";
import { checkWith, sentence } from "../shared/checking";
import { ollamaAuthSchema } from "../shared/ollama-auth";
import { ProgramError } from "../shared/program-error";
import { keepAlive, modelOptions, seconds } from "../shared/values";

const text = (rule: string) => z.string(rule).min(1, rule);
const count = z.number("must be a number").optional();

const common = {
  endpoint: text("must be the base URL of a model server, such as http://ollama:11434"),
  model: text("must be a model's name, such as smollm2:135m"),
  readTimeoutSeconds: seconds.optional(),
  auth: ollamaAuthSchema.optional(),
};

const ollamaArgs = z.looseObject({
  ...common,
  endpoint: common.endpoint.superRefine((endpoint, context) => {
    const message = baseUrlProblem(endpoint);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
  options: modelOptions.optional(),
  keepAlive: keepAlive.optional(),
});

const bothKeys = "give either apiKey, or auth with token or username, not both";

const openAiArgs = z
  .looseObject({
    ...common,
    apiKey: z.string("must be a text").optional(),
    maxTokens: count,
    temperature: count,
    topP: count,
    seed: count,
    stop: z.union([z.string(), z.array(z.string())], "must be a text or a list of texts").optional(),
    presencePenalty: count,
    frequencyPenalty: count,
  })
  .refine(({ apiKey, auth }) => apiKey === undefined || (auth?.token === undefined && auth?.username === undefined), {
    path: ["auth"],
    message: bothKeys,
  });

/** @throws ProgramError if the arguments are invalid. */
export function checkOllamaArgs(preset: string, args: unknown): void {
  check(preset, ollamaArgs, args);
}

/** @throws ProgramError if the arguments are invalid. */
export function checkOpenAiArgs(preset: string, args: unknown): void {
  check(preset, openAiArgs, args);
}

/** `args` is `unknown`, since a JavaScript program may pass anything. */
function check(preset: string, schema: z.ZodType, args: unknown): void {
  const given = typeof args === "object" && args !== null ? args : {};
  const problems = checkWith(schema, given).map(({ reason }) => reason);
  if (problems.length > 0) throw new ProgramError(`${preset}: ${problems.join("; ")}`);
}

/** @throws ProgramError always. */
export function refuseEndpoint(preset: string, endpoint: string, rule: string): never {
  throw new ProgramError(`${preset}: ${sentence(["endpoint"], endpoint, rule)}`);
}
