import type { Connector } from "./connector-document";
import type { Guardrails } from "./guardrails";
import type { RateLimiter } from "./rate-limiter";

/** A model as a node holds it in memory: everything here is as it was when the model was deployed. */
export interface LoadedModel {
  readonly modelId: string;
  readonly connector: Connector;
  readonly privateAddressesAllowed: boolean;
  /** Trusted endpoint patterns; checked at prediction by later versions only. */
  readonly trustedEndpoints: readonly string[];
  readonly guardrails: Guardrails | undefined;
  readonly rateLimiter: RateLimiter | undefined;
  readonly enabled: boolean;
  predictions: number;
}

/** The models in memory. Empty after a restart, whatever the stored states say. */
export class LoadedModels {
  private readonly models = new Map<string, LoadedModel>();

  get(modelId: string): LoadedModel | undefined {
    return this.models.get(modelId);
  }

  has(modelId: string): boolean {
    return this.models.has(modelId);
  }

  set(model: LoadedModel): void {
    this.models.set(model.modelId, model);
  }

  remove(modelId: string): boolean {
    return this.models.delete(modelId);
  }

  ids(): string[] {
    return [...this.models.keys()];
  }
}
