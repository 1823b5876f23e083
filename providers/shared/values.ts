import { z } from "zod";
import { isDuration } from "../../clients/ollama/duration";
import { isModelName } from "../../clients/ollama/names";
import { optionProblem } from "../../clients/ollama/options";
import { MOST_SECONDS } from "../../clients/wait";

export { isKnownOption, typedOptions } from "../../clients/ollama/options";

/** Largest `int` of Java, which the servers use for counts. */
export const MOST_COUNT = 2_147_483_647;

const mostSeconds = `must be ${MOST_SECONDS} (24 days) at most`;

/** A time limit. */
export const seconds = z
  .number("must be a number of seconds")
  .positive("must be above 0")
  .max(MOST_SECONDS, mostSeconds);

/** A time limit that the server stores in whole seconds. */
export const wholeSeconds = z
  .int("must be a whole number of seconds")
  .min(1, "must be 1 or more")
  .max(MOST_SECONDS, mostSeconds);

/** A count, 0 included. */
export const count = z
  .int("must be a whole number")
  .min(0, "must be 0 or more")
  .max(MOST_COUNT, `must be ${MOST_COUNT} at most`);

const portRule = "must be a port from 1 to 65535";
/** A TCP port. */
export const port = z.int(portRule).min(1, portRule).max(65_535, portRule);

const dimensionRule = "must be a whole number from 1 to 16000";
/** Dimension of a vector. */
export const dimension = z.int(dimensionRule).min(1, dimensionRule).max(16_000, dimensionRule);

const modelRule = "must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag";
/** Name of a model in Ollama. */
export const modelName = z.string(modelRule).refine(isModelName, modelRule);

const durationRule =
  'must be a duration with its unit, such as "30s", "5m" or "24h", a whole number of seconds, or "-1" for ever';
/** How long Ollama keeps a model loaded. */
export const keepAlive = z.union([z.string(), z.number()], durationRule).refine(isDuration, durationRule);

const heapRule = "must be a size for Java's -Xmx, such as 1g or 512m, from 64m to 1024g";
const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
/** Size of Java's heap. OpenSearch does not start with less than 64m; no machine has more than 1024g. */
export const heap = z.string(heapRule).refine((text) => {
  const bytes = bytesOf(text) ?? 0;
  return bytes >= 64 * 2 ** 20 && bytes <= 2 ** 40;
}, heapRule);

/** Bytes of a size such as `512m`; `undefined` for any other text. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,12})([kKmMgG])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
}

const imageRule = "must be an image such as ollama/ollama:0.17.4";
const HOST =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+\\])";
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
/** Docker's grammar of image names (distribution/reference). */
const IMAGE = new RegExp(
  `^(?:${HOST}(?::\\d+)?/)?${PART}(?:/${PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);
const LONGEST_IMAGE = 255 + 128 + 80;
/** Name of a Docker image. Docker reads 64 hex digits as an image id and does not pull it. */
export const image = z
  .string(imageRule)
  .max(LONGEST_IMAGE, imageRule)
  .refine((text) => IMAGE.test(text) && !/^[a-f0-9]{64}$/.test(text), imageRule);

const gpusRule = 'must be "all", a number of GPUs, or devices by number or id, such as "device=0,2"';
const DEVICES = /^device=[\w:.-]+(?:,[\w:.-]+)*$/;
const COUNT = /^(?:count=)?(?:all|[1-9]\d{0,2})$/;
const GPU_FIELD = /^(?:(?:driver|capabilities)=[\w.-]+|"(?:capabilities|options)=[^"\s]+")$/;

/** GPUs as in `docker run --gpus`. The quotes around a list of devices are optional here. */
export const gpus = z.string(gpusRule).refine((text) => {
  const fields = gpuRequest(text).match(/"[^"]*"|[^,]+/g) ?? [];
  const isDevices = (field: string) => DEVICES.test(field.replace(/^"(.*)"$/, "$1"));
  // Docker accepts either one count or one list of devices.
  const counts = fields.filter((field) => COUNT.test(field) || isDevices(field)).length;
  const known = fields.every((field) => COUNT.test(field) || isDevices(field) || GPU_FIELD.test(field));
  return known && counts === 1 && fields.join(",") === gpuRequest(text);
}, gpusRule);

/**
 * The value for Docker's provider. It splits at commas, so a list without quotes would turn its second device into a
 * count.
 */
export function gpuRequest(text: string): string {
  return DEVICES.test(text) && text.includes(",") ? `"${text}"` : text;
}

const optionsRule = "must be an object such as { num_predict: 256, num_ctx: 4096 }";
/** Options of a model in Ollama. */
export const modelOptions = z.record(z.string(), z.unknown(), optionsRule).superRefine(typedAsOllamaWants);

/** Zod refinement: each option has the type that Ollama expects, or one that converts to it. */
export function typedAsOllamaWants(options: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(options)) {
    const message = optionProblem(name, value);
    if (message !== undefined) context.addIssue({ code: "custom", message, path: [name] });
  }
}

/** In the header of basic authentication, the first colon ends the user and starts the password (RFC 7617). */
export const usernameRule = "must be the user alone, without a colon; the password is a separate input";

export function isUsername(text: string): boolean {
  return !text.includes(":");
}
