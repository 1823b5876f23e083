import { Emulator } from "./emulator";
import type { EmulatorOptions } from "./options";

export { Emulator } from "./emulator";
export type { Fault, FaultAction, FaultList } from "./faults";
export type { EmulatorUser } from "./http/security";
export { DEFAULT_TIMINGS, type EmulatorOptions, FAST_TIMINGS, type Timings, type UpstreamOptions } from "./options";
export type { ProfileName } from "./profiles";

/**
 * Starts an emulator of the ML Commons API for remote models.
 *
 * @example
 * const emulator = await startEmulator({ users: [{ name: "admin", password: "secret" }] });
 * await fetch(`${emulator.url}/_plugins/_ml/models/_search`, { method: "POST", headers: {...} });
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = new Emulator(options);
  await emulator.start();
  return emulator;
}
