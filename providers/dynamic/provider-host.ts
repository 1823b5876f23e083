import { isLoopback } from "../../clients/base-url";

/** Whether this process is the SDK's host of dynamic providers, and no user's program, command or test. */
export function isProviderHost(): boolean {
  return /[\\/]cmd[\\/]dynamic-provider[\\/]index\.js$/.test(process.argv[1] ?? "");
}

/** Where the engine listens: the first argument of the host. */
export function engineAddress(): string | undefined {
  const address = process.argv[2];
  if (!isProviderHost() || address === undefined) return undefined;
  return /:\d+$/.test(address) && isLoopback(`http://${address}`) ? address : undefined;
}
