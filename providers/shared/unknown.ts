/**
 * The text the engine sends in previews for a value that is not known yet.
 * Source: `unknownValue` in the SDK's `runtime/rpc`; fixed by the engine's wire format (`plugin.UnknownStringValue`).
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** True if the value is unknown or holds an unknown anywhere inside. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return false;
}
