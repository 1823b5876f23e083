import { ServerError, UnreachableError } from "../../clients/errors";
import { type ConnectorDocument, getConnector } from "../../clients/opensearch/connectors";
import { predict } from "../../clients/opensearch/predict";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { type Deadline, type Look, waitFor } from "../../clients/wait";
import { messageOf } from "../../diagnosis/failure";
import { placeholders, withoutDefault } from "../connector/template";
import { nameOf } from "../shared/explain";
import type { DeployedModelInputs } from "./inputs";

type Question = Readonly<Record<string, unknown>>;

const QUESTION = "Reply with one word: ready.";
/** Enough to prove that tokens come; the probe waits for no essay. */
const FEW_TOKENS = { num_predict: 4 };

/** Values for the placeholders that callers of a chat, generate or embedding connector fill. */
const SHAPES: Readonly<Record<string, unknown>> = {
  prompt: QUESTION,
  messages: [{ role: "user", content: QUESTION }],
  input: [QUESTION],
  texts: [QUESTION],
  inputText: QUESTION,
};

/** Parameters of the question that a model is to be asked; `undefined` where it is not to be asked, or none is known. */
async function question(server: OpenSearchServer, inputs: DeployedModelInputs): Promise<Question | undefined> {
  if (inputs.probe?.enabled === false || inputs.isEnabled === false) return undefined;
  return inputs.probe?.parameters ?? (await derived(server, inputs));
}

/**
 * Proves that the chain answers by asking the model a question: `DEPLOYED` says only that the server holds a client
 * object, and nothing has called the model server yet.
 */
export async function probe(
  server: OpenSearchServer,
  modelId: string,
  inputs: DeployedModelInputs,
  deadline: Deadline,
): Promise<void> {
  const parameters = await question(server, inputs);
  if (parameters === undefined) return;
  let earlier: unknown;
  const look = async (): Promise<Look<true>> => {
    try {
      await predict(server, modelId, parameters, deadline);
      return { done: true };
    } catch (error) {
      // What the server said while it did answer tells more than its silence at the end.
      if (error instanceof UnreachableError && deadline.passed && earlier !== undefined) throw earlier;
      if (error instanceof UnreachableError && deadline.passed) return { last: "no answer yet" };
      if (!passing(error) || deadline.passed) throw error;
      earlier = error;
      return { last: messageOf(error), error };
    }
  };
  await waitFor(look, {
    waitingFor: `model ${modelId} to answer`,
    deadline,
    onLong: (line) => report(line, { subject: `DeployedModel ${nameOf(inputs)}`, passing: true }),
  });
}

async function derived(server: OpenSearchServer, inputs: DeployedModelInputs) {
  const connector = await getConnector(server, inputs.connectorId);
  const parameters = connector && probeParameters(connector);
  if (parameters !== undefined) return parameters;
  report(
    `DeployedModel ${nameOf(inputs)}: not probed, since its connector's parameters are not known; give probe.parameters to have it asked`,
  );
  return undefined;
}

/** Parameters that fill a connector's predict action, or `undefined` where their meaning is not known. */
export function probeParameters(connector: ConnectorDocument): Readonly<Record<string, unknown>> | undefined {
  const action = connector.actions.find(({ actionType }) => actionType === "predict");
  if (action === undefined) return undefined;
  const body = action.requestBody ?? "";
  const needed = withoutDefault(body).filter((name) => !isFilled(name, connector.parameters));
  if (needed.some((name) => !(name in SHAPES))) return undefined;
  const open = placeholders(body).filter((name) => name in SHAPES && !isFilled(name, connector.parameters));
  if (open.length === 0) return undefined;
  const shaped = Object.fromEntries(open.map((name) => [name, SHAPES[name]]));
  return { ...shaped, ...brief(connector.parameters.options) };
}

/** A parameter that the connector fills from another one, which callers fill, is theirs to fill, too. */
function isFilled(name: string, parameters: Readonly<Record<string, string>>): boolean {
  const value = parameters[name];
  return value !== undefined && placeholders(value).every((inner) => inner in parameters);
}

/** The connector's own model options, cut to a few tokens; other options stay, since changing them reloads the model. */
function brief(options: string | undefined): Record<string, unknown> {
  if (options === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(options);
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject ? { options: { ...parsed, ...FEW_TOKENS } } : {};
  } catch {
    return {};
  }
}

/** A model server that still starts, or a write that met our own; what the model server itself refuses stays refused. */
const PASSING = /version conflict|Connection refused|Failed to find model|server busy/;

function passing(error: unknown): boolean {
  if (error instanceof UnreachableError) return false;
  if (!(error instanceof ServerError)) return false;
  return error.status === 429 || error.status === 503 || PASSING.test(error.reason);
}
