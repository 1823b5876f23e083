import type { Json } from "../support/resource-world";
import type { Cell } from "./cell";

const NAMES = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };

function cell(input: string, from: Json, to: Json, op: Cell["op"], more: Partial<Cell> = {}): Cell {
  return {
    type: "TlsCertificate",
    name: `tls-${input}`,
    before: () => ({ ...NAMES, ...from }),
    after: () => ({ ...NAMES, ...to }),
    op,
    ...more,
  };
}

export const tlsCertificateCells: readonly Cell[] = [
  cell("dnsNames", {}, { dnsNames: ["localhost", "opensearch"] }, "update"),
  cell("dnsNames-order", { dnsNames: ["a", "b"] }, { dnsNames: ["b", "a"] }, "same"),
  cell("ipAddresses", {}, { ipAddresses: ["127.0.0.1", "::1"] }, "update"),
  cell("commonName", {}, { commonName: "search" }, "update"),
  cell("organization", {}, { organization: "Search team" }, "replace"),
  cell("validityDays", {}, { validityDays: 90 }, "update"),
  cell("validityDays-default", {}, { validityDays: 825 }, "same"),
  cell("renewBeforeDays", {}, { renewBeforeDays: 7 }, "update"),
  cell("nothing", {}, {}, "same"),
  cell("renamed", {}, {}, "same", { renamed: true }),
];
