import type { ConnectorAction, ConnectorDocument } from "../../../clients/opensearch/connectors";
import { type LintRule, lintAction } from "../../../providers/connector/template";

/** What is wrong with a connector's predict action: the row of the tables, and what was seen. */
export interface ConnectorFinding {
  readonly symptom: string;
  readonly seen: string;
}

/** Parameters that callers of this package and of OpenSearch's own features fill in. */
const FILLED_BY_CALLERS = ["prompt", "messages", "input", "texts", "inputText", "options", "system", "question"];

/** The row of a finding; of any other, the body is not what the model server reads. */
const ROWS: Readonly<Partial<Record<LintRule, string>>> = {
  "answer-streams": "ollama-streams",
  "host-from-parameter": "redirectable-host",
  "parameter-not-filled": "placeholder-not-filled",
  "endless-parameter": "placeholder-not-filled",
};

/** The lint of the Connector resource, over a connector as the server shows it; the graver findings first. */
export function lintConnector(connector: ConnectorDocument, action: ConnectorAction): ConnectorFinding[] {
  // The server hides the credential, so each key that a template names counts as given.
  const named = [...JSON.stringify(action).matchAll(/\$\{credential\.([A-Za-z0-9_.-]+)\}/g)].map(
    (match) => match[1] ?? "",
  );
  const findings = lintAction(action, {
    parameters: connector.parameters,
    credential: Object.fromEntries(named.map((name) => [name, "given"])),
    predictParameters: FILLED_BY_CALLERS,
  });
  return findings
    .map(({ rule, path, message }) => ({ symptom: ROWS[rule] ?? "invalid-payload", seen: `${path} ${message}` }))
    .sort((a, b) => Number(a.symptom === "redirectable-host") - Number(b.symptom === "redirectable-host"));
}
