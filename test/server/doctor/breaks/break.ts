import type { Machine } from "../../../../cli/commands/doctor/machine";
import type { ServerKind } from "../../../support/opensearch/address";
import type { DoctorWorld } from "../world";

/** A way to break a healthy chain, and where the row of the table is then seen. */
export type Break =
  | {
      /** What is broken, in words. */
      readonly how: string;
      /** Which server it takes. Default: `plain`. */
      readonly kind?: ServerKind;
      readonly break: (world: DoctorWorld) => Promise<unknown> | unknown;
      /** The check of `doctor` that names the row. */
      readonly check: string;
      /** Default: `fail`. */
      readonly status?: "warn";
      /** What that check says it saw. */
      readonly seen: string | RegExp;
      /** True on a machine where it cannot be broken so. */
      readonly skip?: boolean;
      /** What this machine would have to be like. */
      readonly machine?: Partial<Machine>;
    }
  | {
      readonly how: string;
      /** Which server it takes. Default: `plain`. */
      readonly kind?: ServerKind;
      readonly break: (world: DoctorWorld) => Promise<unknown> | unknown;
      /** `doctor --fix --yes` tries to mend, and tells why it could not. */
      readonly repair: true;
      readonly seen: string | RegExp;
    };

export type Breaks = Readonly<Record<string, Break>>;
