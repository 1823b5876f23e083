import { ServerError, UnreachableError } from "../../clients/errors";
import { type ConnectorDocument, getConnector } from "../../clients/opensearch/connectors";
import { predict } from "../../clients/opensearch/predict";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { type Deadline, type Look, waitFor } from "../../clients/wait";
import { messageOf } from "../../diagnosis/failure";
import { placeholders, requiredPlaceholders } from "../connector/template";
import { nameOf } from "../shared/explain";
import type { DeployedModelInputs } from "./inputs";

type Question = Readonly<Record<string, unknown>>;

const QUESTION = "Reply with one word: ready.";
/** Enough to prove that the model answers. */
const FEW_TOKENS = { num_predict: 4 };

/** Sample values for the parameters that callers of a chat, generate or embedding connector send. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  prompt: QUESTION,
  messages: [{ role: "user", content: QUESTION }],
  input: [QUESTION],
  texts: [QUESTION],
  inputText: QUESTION,
};

/** Parameters of the probe's question; `undefined` if the probe is off or no question is known. */
async function question(server: OpenSearchServer, inputs: DeployedModelInputs): Promise<Question | undefined> {
  if (inputs.probe?.enabled === false || inputs.isEnabled === false) return undefined;
  return inputs.probe?.parameters ?? (await derivedQuestion(server, inputs));
}

/**
 * Asks the model a question and waits for the answer. `DEPLOYED` only means that the server has created a client
 * object; nothing has called the model server yet.
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
      // An earlier error answer tells the user more than the final timeout.
      if (error instanceof UnreachableError && deadline.passed && earlier !== undefined) throw earlier;
      if (error instanceof UnreachableError && deadline.passed) return { last: "no answer yet" };
      if (!isTransient(error) || deadline.passed) throw error;
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

async function derivedQuestion(server: OpenSearchServer, inputs: DeployedModelInputs) {
  const connector = await getConnector(server, inputs.connectorId);
  const parameters = connector && probeParameters(connector);
  if (parameters !== undefined) return parameters;
  report(
    `DeployedModel ${nameOf(inputs)}: not probed, since the parameters of its connector are not known; set probe.parameters to probe it`,
  );
  return undefined;
}

/** Sample parameters for a connector's predict action; `undefined` if it needs others than the known ones. */
export function probeParameters(connector: ConnectorDocument): Readonly<Record<string, unknown>> | undefined {
  const action = connector.actions.find(({ actionType }) => actionType === "predict");
  if (action === undefined) return undefined;
  const body = action.requestBody ?? "";
  const needed = requiredPlaceholders(body).filter((name) => !isFilled(name, connector.parameters));
  if (needed.some((name) => !(name in SAMPLES))) return undefined;
  const open = placeholders(body).filter((name) => name in SAMPLES && !isFilled(name, connector.parameters));
  if (open.length === 0) return undefined;
  const samples = Object.fromEntries(open.map((name) => [name, SAMPLES[name]]));
  return { ...samples, ...shortened(connector.parameters.options) };
}

/** Whether the connector fills a parameter itself. Not if its value refers to a parameter that callers send. */
function isFilled(name: string, parameters: Readonly<Record<string, string>>): boolean {
  const value = parameters[name];
  return value !== undefined && placeholders(value).every((inner) => inner in parameters);
}

/** The connector's model options with a limit of few tokens. The others stay: changing them would reload the model. */
function shortened(options: string | undefined): Record<string, unknown> {
  if (options === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(options);
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject ? { options: { ...parsed, ...FEW_TOKENS } } : {};
  } catch {
    return {};
  }
}

/** Errors of a model server that is still starting, or of a write that conflicts with ours. Others are permanent. */
const TRANSIENT = /version conflict|Connection refused|Failed to find model|server busy/;

function isTransient(error: unknown): boolean {
  if (error instanceof UnreachableError) return false;
  if (!(error instanceof ServerError)) return false;
  return error.status === 429 || error.status === 503 || TRANSIENT.test(error.reason);
}
