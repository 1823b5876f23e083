import { type Connector, shownConnector } from "./connector-document";
import type { Guardrails } from "./guardrails";
import type { RateLimit } from "./rate-limiter";

export type ModelState = "REGISTERED" | "DEPLOYING" | "DEPLOYED" | "UNDEPLOYED" | "DEPLOY_FAILED";

/** A model as it is stored. `inline_credential` belongs to an inline `connector` and is never shown. */
export interface Model {
  name: string;
  model_group_id: string;
  algorithm: string;
  model_version: string;
  description?: string;
  model_format?: string;
  model_state: ModelState;
  model_config?: unknown;
  deploy_setting?: Record<string, unknown>;
  is_enabled?: boolean;
  rate_limiter?: RateLimit;
  created_time: number;
  last_updated_time: number;
  last_deployed_time?: number;
  model_id?: string;
  auto_redeploy_retry_times?: number;
  planning_worker_node_count?: number;
  current_worker_node_count?: number;
  planning_worker_nodes?: string[];
  deploy_to_all_nodes?: boolean;
  is_hidden: boolean;
  connector?: Connector;
  inline_credential?: Record<string, string>;
  connector_id?: string;
  guardrails?: Guardrails;
  interface?: Record<string, string>;
}

/** A model as `GET models/<id>` shows it. */
export function shownModel(model: Model): Record<string, unknown> {
  const { inline_credential: _, connector, ...shown } = model;
  return connector ? { ...shown, connector: shownConnector(connector) } : shown;
}

export function isDeployed(state: ModelState): boolean {
  return state === "DEPLOYED";
}
