import type { EmulatorUser } from "./http/security";
import type { ProfileName } from "./profiles";

/** How long things take, in milliseconds. The defaults are what the real server was seen to need. */
export interface Timings {
  /** From `_deploy` to its answer. */
  deployAnswerMs: number;
  /** How long the model then stays DEPLOYING. */
  deployingMs: number;
  /** From the answer of `_deploy` to its task's COMPLETED. */
  taskSettledMs: number;
  /** From the answer of `_register?deploy=true` to DEPLOYING. */
  registerToDeployMs: number;
  /** Between reading and writing a document; parallel writers within it conflict. */
  writeMs: number;
  /** How far searches may lag behind writes that the server doesn't refresh. */
  searchLagMs: number;
  /** From a change of a deployed model to predictions that use it. */
  swapMs: number;
  /** From a start with stored data to the automatic redeployment of its DEPLOYED models. */
  autoRedeployMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  deployAnswerMs: 60,
  deployingMs: 170,
  taskSettledMs: 250,
  registerToDeployMs: 150,
  writeMs: 10,
  searchLagMs: 1000,
  swapMs: 10,
  autoRedeployMs: 10_000,
};

/** Everything as fast as it goes, for unit tests that don't test the waiting. */
export const FAST_TIMINGS: Timings = {
  deployAnswerMs: 0,
  deployingMs: 5,
  taskSettledMs: 8,
  registerToDeployMs: 2,
  writeMs: 0,
  searchLagMs: 0,
  swapMs: 0,
  autoRedeployMs: 50,
};

/** The real OpenSearch behind the emulator. */
export interface UpstreamOptions {
  /** Its address, `https://127.0.0.1:9201`. */
  url: string;
  /** PEM of the CA its certificate is checked against; the system's CAs when unset. */
  ca?: string;
  /** `false` accepts any certificate. Default: true. */
  rejectUnauthorized?: boolean;
}

export interface EmulatorOptions {
  /** Port to listen on; 0 takes a free one. Default: 0. */
  port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  host?: string;
  /** Users for basic authentication; none means no authentication. Not used with `upstream`, which decides itself. */
  users?: readonly EmulatorUser[];
  /** PEM certificate and key; plain HTTP without. */
  tls?: { certificate: string; key: string };
  /** A real OpenSearch that gets everything which isn't ML Commons. */
  upstream?: UpstreamOptions;
  /** Folder for the state; without it nothing outlives `close()`. */
  dataDirectory?: string;
  /** Which server version to answer as. Default: "3.4". */
  profile?: ProfileName;
  /** Overrides of how long things take. */
  timings?: Partial<Timings>;
  /**
   * A word that all ids share between two dashes, as the ids of about one real server start in a hundred do. Then every
   * connector counts as used by every model, though none may use it. Default: none.
   */
  sharedIdWord?: string;
  /**
   * Components of further plugins for `_cat/plugins`. With `opensearch-knn` an index may have `knn_vector` fields and
   * `index.knn`, which are refused without it; they are kept and shown, not searched. Default: none.
   */
  plugins?: readonly string[];
  /** Port of the control route for faults; 0 takes a free one. Default: no control route. */
  controlPort?: number;
  /** Gets one line per request. Default: silent. */
  log?: (line: string) => void;
}
