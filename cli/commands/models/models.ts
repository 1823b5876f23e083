import type { Command } from "commander";
import { sameModel } from "../../../clients/ollama/names";
import type { Explanation } from "../../../diagnosis/explained-error";
import type { Access } from "../../access/access";
import { type CommonFlags, withAccessOptions } from "../../access/find-access";
import { ollamaOf } from "../../access/gateways";
import { CommandFailure, ExitCode } from "../../failure";
import { explanationOf, failureText } from "../../report-failure";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import { guide } from "./guide";
import { type OllamaModels, ollamaModels } from "./ollama-models";
import { type OpenSearchModels, openSearchModels } from "./opensearch-models";
import { guideText, modelsText } from "./text";

export interface ModelsFlags extends CommonFlags {
  readonly guide?: boolean;
}

/** A server's answer, or why there is none. */
export type Part<T> = T | { readonly endpoint: string; readonly error: Explanation };

export interface ModelsReport {
  readonly ollama?: Part<OllamaModels>;
  readonly opensearch?: Part<OpenSearchModels>;
  /** The model that `ask` and `chat` use. */
  readonly modelId?: string;
}

/** `ollama-chat models`: lists the models in Ollama and on OpenSearch, or the guide's table of models. */
export async function models(session: Session, flags: ModelsFlags): Promise<void> {
  const output = session.output(flags);
  if (flags.guide) return await tellGuide(session, flags);
  const report = await session.interruptible(() =>
    withWaiting(output, "asking Ollama and OpenSearch", async () => reportOf(session, await session.access(flags))),
  );
  output.result(withUses(report), () => modelsText(report, output));
  for (const part of [report.ollama, report.opensearch]) {
    if (part === undefined || !("error" in part)) continue;
    output.note(failureText(part.error, output));
    session.exitCode = ExitCode.failed;
  }
}

async function reportOf(session: Session, access: Access): Promise<ModelsReport> {
  const { opensearch, modelId } = access;
  const server = ollamaOf(access);
  const [ollama, deployed] = await Promise.all([
    server && orFailure(session, server.endpoint, () => ollamaModels(server)),
    opensearch && orFailure(session, opensearch.endpoint, () => openSearchModels(opensearch)),
  ]);
  return { ollama, opensearch: deployed, modelId };
}

/** Keeps a failure as a result, so that one server that is down does not hide what the other has. */
async function orFailure<T>(session: Session, endpoint: string, task: () => Promise<T>): Promise<Part<T>> {
  try {
    return await task();
  } catch (error) {
    return { endpoint, error: explanationOf(error, session.secrets) };
  }
}

/** The report as JSON; models in Ollama have the ids of their deployed models. */
function withUses({ ollama, opensearch, modelId }: ModelsReport) {
  const deployed = opensearch !== undefined && "models" in opensearch ? opensearch.models : [];
  const uses = (name: string) =>
    deployed.filter(({ serverModel }) => serverModel !== undefined && sameModel(serverModel, name)).map(({ id }) => id);
  const named = ollama !== undefined && "models" in ollama;
  return {
    ollama: named
      ? { ...ollama, models: ollama.models.map((model) => ({ ...model, deployedAs: uses(model.name) })) }
      : (ollama ?? null),
    opensearch: opensearch ?? null,
    modelId: modelId ?? null,
  };
}

/** The table needs no server, but says more with one. */
async function tellGuide(session: Session, flags: ModelsFlags): Promise<void> {
  const output = session.output(flags);
  const known = await withWaiting(output, "looking for Ollama", async () => {
    const access = await session.access(flags).catch((error: unknown) => {
      if (error instanceof CommandFailure && error.exitCode === ExitCode.noAccess) return undefined;
      throw error;
    });
    const server = access && ollamaOf(access);
    const found = server && (await ollamaModels(server).catch(() => undefined));
    return { ollamaEndpoint: server?.endpoint, pulledNames: found?.models.map(({ name }) => name) };
  });
  const table = guide(known);
  output.result(table, () => guideText(table, output));
}

/** Adds the command `models`. */
export function registerModels(program: Command, session: Session): void {
  const command = program
    .command("models")
    .description("Show what Ollama has, and what is deployed on OpenSearch.")
    .option("--guide", "show the guide's models instead: real sizes, memory, and whether they fit this machine");
  withAccessOptions(command).action(async (flags: ModelsFlags) => {
    await models(session, flags);
  });
}
