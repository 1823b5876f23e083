import { isLoopback } from "../../clients/base-url";

/** Whether this process is the SDK's host of dynamic providers, not a user's program, a command or a test. */
export function isProviderHost(): boolean {
  return /[\\/]cmd[\\/]dynamic-provider[\\/]index\.js$/.test(process.argv[1] ?? "");
}

/** The engine's address: the first argument of the host. */
export function engineAddress(): string | undefined {
  const address = process.argv[2];
  if (!isProviderHost() || address === undefined) return undefined;
  return /:\d+$/.test(address) && isLoopback(`http://${address}`) ? address : undefined;
}
