import { ApiError, illegalArgument, parseError } from "../errors";
import type { JsonNode } from "../json/parse";
import { readObject, readText } from "../json/read";

/** `rate_limiter` of a model: `limit` requests per `unit`. */
export interface RateLimit {
  limit?: string;
  unit?: string;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  NANOSECONDS: 1e-6,
  MICROSECONDS: 1e-3,
  MILLISECONDS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
};

export function readRateLimit(node: JsonNode): RateLimit {
  const rateLimit: RateLimit = {};
  for (const { name, value } of readObject(node)) {
    if (name === "limit") rateLimit.limit = checkLimit(readText(value));
    if (name === "unit") rateLimit.unit = checkUnit(readText(value));
  }
  return rateLimit;
}

function checkLimit(limit: string): string {
  const number = limit.trim() === "" ? Number.NaN : Number(limit);
  if (Number.isNaN(number) || number < 0) throw parseError("Limit field must be a positive number.");
  return limit;
}

function checkUnit(unit: string): string {
  if (unit in UNIT_MS) return unit;
  throw illegalArgument(`No enum constant java.util.concurrent.TimeUnit.${unit}`);
}

/** A bucket of tokens that fills evenly and starts full. */
export class RateLimiter {
  private tokens: number;
  private filledAt = Date.now();

  constructor(
    private readonly capacity: number,
    private readonly perMs: number,
  ) {
    this.tokens = capacity;
  }

  /** The bucket for a limit, when it has both parts. */
  static of(rateLimit: RateLimit | undefined): RateLimiter | undefined {
    const unitMs = UNIT_MS[rateLimit?.unit ?? ""];
    if (rateLimit?.limit === undefined || unitMs === undefined) return undefined;
    const limit = Number(rateLimit.limit);
    return new RateLimiter(limit, limit / unitMs);
  }

  /** Takes a token or refuses with 429. */
  take(): void {
    const now = Date.now();
    this.tokens = Math.min(this.capacity, this.tokens + (now - this.filledAt) * this.perMs);
    this.filledAt = now;
    if (this.tokens < 1) {
      throw new ApiError(429, { type: "status_exception", reason: "Request is throttled at model level." });
    }
    this.tokens--;
  }
}
