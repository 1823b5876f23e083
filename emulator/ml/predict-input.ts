import { illegalArgument } from "../errors";
import type { JsonNode } from "../json/parse";
import { readArray, readBoolean, readObject, readParameters, readText, readTexts } from "../json/read";

/** What a prediction is asked with: parameters for a template, or texts that the server shapes itself. */
export type PredictInput =
  | { kind: "parameters"; parameters: Record<string, string> | undefined; action: string }
  | { kind: "texts"; texts: string[]; targetResponse: readonly string[] }
  | { kind: "similarity"; query: string; texts: string[] };

/** Reads the body as the function in the path wants it. */
export function readPredictInput(functionName: string, body: JsonNode, action: string): PredictInput {
  const fields = readObject(body);
  if (functionName === "REMOTE") {
    let parameters: Record<string, string> | undefined;
    let chosen = action;
    for (const { name, value } of fields) {
      if (name === "parameters") parameters = readParameters(value);
      if (name === "action_type") chosen = readAction(readText(value));
    }
    return { kind: "parameters", parameters, action: chosen };
  }
  const texts: string[] = [];
  let query: string | undefined;
  let targetResponse: readonly string[] = [];
  for (const { name, value } of fields) {
    if (name === "text_docs")
      texts.push(...readArray(value).map((item) => (item.kind === "null" ? "null" : readText(item))));
    if (name === "query_text") query = readText(value);
    if (name === "target_response") targetResponse = readTexts(value);
    if (name === "return_number" || name === "return_bytes") readBoolean(value);
  }
  if (functionName === "TEXT_SIMILARITY") {
    if (texts.length === 0) throw illegalArgument("No text documents were provided");
    if (query === undefined) throw illegalArgument("No query text was provided");
    return { kind: "similarity", query, texts };
  }
  if (functionName !== "TEXT_EMBEDDING" && functionName !== "SPARSE_ENCODING" && functionName !== "SPARSE_TOKENIZE") {
    throw illegalArgument("unsupported ML algorithm");
  }
  if (texts.length === 0) throw illegalArgument("Empty text docs");
  return { kind: "texts", texts, targetResponse };
}

function readAction(text: string): string {
  const action = text.toUpperCase();
  if (["PREDICT", "EXECUTE", "BATCH_PREDICT", "CANCEL_BATCH_PREDICT", "BATCH_PREDICT_STATUS"].includes(action))
    return action;
  throw illegalArgument(`Wrong Action Type of ${text}`);
}
