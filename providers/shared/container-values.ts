import { z } from "zod";
import { bytesOf } from "./values";

const MEGABYTE = 2 ** 20;
const memoryRule = "must be a size such as 4g or 512m, from 64m to 4096g";
/** Most memory of a container. Docker's provider takes whole megabytes. */
export const memory = z.string(memoryRule).refine((text) => {
  const bytes = bytesOf(text) ?? Number.NaN;
  return bytes % MEGABYTE === 0 && bytes >= 64 * MEGABYTE && bytes <= 2 ** 42;
}, memoryRule);

/** Megabytes of a size that `memory` accepts. */
export function megabytesOf(text: string): number {
  return (bytesOf(text) ?? 0) / MEGABYTE;
}

const cpusRule = "must be a number of CPUs from 0.1, such as 2 or 1.5, with two decimals at most";
const cpusReadRule = "must be another number, because Docker's provider reads this one back as a different one";
/** CPUs of a container. */
export const cpus = z
  .number(cpusRule)
  .min(0.1, cpusRule)
  .max(10_000, cpusRule)
  .refine((given) => Math.abs(given * 100 - Math.round(given * 100)) < 1e-6, cpusRule)
  .refine((given) => Number(cpusText(given)) === given, cpusReadRule);

/**
 * A number of CPUs as Docker's provider reads it back, such as `2.0`, `1.5` and `10.`. In any other form, every `up` would
 * replace the container. From `nanoInt64ToDecimalString` of its Terraform provider.
 */
export function cpusText(cpus: number): string {
  const text = cpus.toFixed(9);
  return text.split("0").length - 1 === 9 ? cpus.toFixed(1) : text.replace(/0+$/, "");
}

const restartRule =
  "must be no, on-failure, on-failure with a number of tries (on-failure:3), unless-stopped or always";
/** Docker's restart policy. */
export const restart = z
  .string(restartRule)
  .regex(/^(?:no|on-failure(?::[1-9]\d{0,5})?|unless-stopped|always)$/, restartRule);

const driverRule = "must be a log driver of Docker, such as json-file, local, journald or none, or default";
const optionsRule = 'must be texts by name, such as { "max-size": "10m" }';
/** Docker's log driver and its options. */
export const log = z.strictObject(
  {
    driver: z
      .string(driverRule)
      .regex(/^[a-z0-9][\w./:-]*$/i, driverRule)
      .optional(),
    options: z.record(z.string(), z.string(optionsRule), optionsRule).optional(),
  },
  {
    error: ({ code }) =>
      code === "unrecognized_keys" ? "Allowed: driver, options." : 'must be an object such as { driver: "local" }',
  },
);

const capabilityRule = "must be a Linux capability without CAP_, such as DAC_OVERRIDE";
/** Capabilities of a container. Docker's provider would show those with `CAP_` as a change in every preview. */
export const capabilities = z.union(
  [z.literal("default"), z.array(z.string(capabilityRule).regex(/^(?!CAP_)[A-Z][A-Z_]+$/, capabilityRule))],
  'must be a list of Linux capabilities, such as ["DAC_OVERRIDE"], or default',
);

const volumeRule =
  "must be a Docker volume's name: 2 to 255 letters, digits and . _ - that begin with a letter or a digit";
/** Name of a Docker volume. */
export const volume = z.string(volumeRule).regex(/^[A-Za-z0-9][\w.-]{1,254}$/, volumeRule);

/** What `RunningArgs` holds. */
export const runningShape = {
  memory: memory.optional(),
  cpus: cpus.optional(),
  log: log.optional(),
  restart: restart.optional(),
  capabilities: capabilities.optional(),
  volume: volume.optional(),
};
