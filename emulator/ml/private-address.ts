import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { javaPattern } from "../cluster/regex";
import { type ApiError, illegalArgument } from "../errors";

const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8);
PRIVATE.addSubnet("127.0.0.0", 8);
PRIVATE.addSubnet("169.254.0.0", 16);
PRIVATE.addSubnet("172.16.0.0", 12);
PRIVATE.addSubnet("192.168.0.0", 16);
PRIVATE.addAddress("0.0.0.0");
PRIVATE.addAddress("::", "ipv6");
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fec0::", 10, "ipv6");

export interface AddressRules {
  privateAddressesAllowed: boolean;
  /** Expressions a URL with a private address must match; empty means no such rule. */
  privateEndpoints: readonly string[];
}

/** Resolves a URL's host and refuses private addresses unless they are allowed. */
export async function checkAddress(url: URL, rules: AddressRules): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await resolve(host);
  const isPrivate = addresses.some((address) => PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"));
  if (!isPrivate) return;
  if (!rules.privateAddressesAllowed) throw refused(`Remote inference host name has private ip address: ${host}`);
  const { privateEndpoints } = rules;
  if (privateEndpoints.length > 0 && !privateEndpoints.some((pattern) => javaPattern(pattern).test(url.href))) {
    throw refused("Connector URL is not matching the trusted connector private endpoint regex");
  }
}

async function resolve(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    const reason = `${host}: Name or service not known`;
    throw illegalArgument(reason, { type: "unknown_host_exception", reason });
  }
}

/** The client wraps its own refusals once more. */
function refused(reason: string): ApiError {
  return illegalArgument(reason, { type: "illegal_argument_exception", reason });
}
