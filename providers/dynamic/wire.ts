/** The property in which the engine stores a dynamic provider's code. */
export const PROVIDER_KEY = "__provider";

export type Properties = Record<string, unknown>;

/**
 * A copy that can be sent to the engine. `undefined` members are dropped: with them, a successful create is not stored,
 * and a partial failure hangs the update forever (seen with SDK 3.245.0).
 *
 * @throws TypeError on functions, BigInt, symbols and non-finite numbers, which would arrive as something else.
 */
export function wireClean(value: unknown, path = ""): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new TypeError(`${path || "value"} is ${value}; only finite numbers can be stored in the state.`);
  }
  if (Array.isArray(value)) {
    return value.map((item, i) => wireClean(item === undefined ? null : item, `${path}[${i}]`));
  }
  if (typeof value === "object") {
    // `fromEntries`, not assignment: a member may be called `__proto__`.
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, wireClean(member, path ? `${path}.${key}` : key)]),
    );
  }
  throw new TypeError(`${path || "value"} is a ${typeof value}, which cannot be stored in the state.`);
}

export function wireProperties(value: object): Properties {
  return wireClean(value) as Properties;
}

export function withoutProvider(properties: unknown): Properties {
  if (typeof properties !== "object" || properties === null) return {};
  const { [PROVIDER_KEY]: _text, ...rest } = properties as Properties;
  return rest;
}
