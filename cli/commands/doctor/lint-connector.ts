import type { ConnectorAction, ConnectorDocument } from "../../../clients/opensearch/connectors";
import { lintAction } from "../../../providers/connector/template";

/** What is wrong with a connector's predict action: the row of the tables, and what was seen. */
export interface ConnectorFinding {
  readonly symptom: string;
  readonly seen: string;
}

/** Parameters that callers of this package and of OpenSearch's own features fill in. */
const FILLED_BY_CALLERS = ["prompt", "messages", "input", "texts", "inputText", "options", "system", "question"];

/** Which row a finding of the lint belongs to, by the lint's own words. */
const ROWS: readonly { readonly says: RegExp; readonly symptom: string }[] = [
  { says: /"stream": false/, symptom: "ollama-streams" },
  { says: /takes its host from a parameter/, symptom: "redirectable-host" },
  { says: /uses \$\{parameters\./, symptom: "placeholder-not-filled" },
  { says: /is no JSON|unescaped/, symptom: "invalid-payload" },
];

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
    .map(({ path, message }) => {
      const row = ROWS.find(({ says }) => says.test(message));
      return { symptom: row?.symptom ?? "invalid-payload", seen: `${path} ${message}` };
    })
    .sort((a, b) => Number(a.symptom === "redirectable-host") - Number(b.symptom === "redirectable-host"));
}
