import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Cache } from "./cache";
import { PartUnavailable } from "./failure";
import { withLock } from "./lock";
import type { Step, StepRunner } from "./steps";

/** What every part gets. */
export interface Context {
  readonly cache: Cache;
  readonly steps: StepRunner;
}

/** Where a part was found. */
export interface Found {
  readonly version: string;
  /** A path, an image name, or an address. */
  readonly location: string;
  readonly sizeBytes?: number;
}

const recordSchema = z.object({ origin: z.enum(["download", "build"]), seconds: z.number() });

/** How the toolchain got a part, and how long that took. */
export type PartRecord = z.infer<typeof recordSchema>;

/** A part in place. Without a record it was on the machine before. */
export interface Resolved extends Found {
  readonly record?: PartRecord;
}

/**
 * One thing that the project needs on a machine. `find` is cheap and changes nothing. `download` returns false if the
 * official source can't be reached. `build` makes the part from package registries, or throws `PartUnavailable`.
 */
export interface Part {
  /** Unique, and valid as a file name. */
  readonly name: string;
  /** Shown to the user. */
  readonly title: string;
  find(context: Context): Promise<Found | undefined>;
  download?(context: Context, step: Step): Promise<boolean>;
  build(context: Context, step: Step): Promise<void>;
}

/** Gets the part: already there, else the official download, else built from package registries. */
export async function ensure(part: Part, context: Context): Promise<Resolved> {
  const present = await locate(part, context);
  if (present) return present;
  const lock = context.cache.path("locks", `${part.name}.lock`);
  const onWait = (holder: string) => context.steps.say(`Waiting for ${part.title}: process ${holder} is making it`);
  return withLock(lock, onWait, async () => {
    const madeMeanwhile = await locate(part, context);
    if (madeMeanwhile) return madeMeanwhile;
    const started = performance.now();
    const origin = await context.steps.run(part.title, async (step): Promise<PartRecord["origin"]> => {
      if (await part.download?.(context, step)) return "download";
      await part.build(context, step);
      return "build";
    });
    writeRecord(part, context, { origin, seconds: (performance.now() - started) / 1000 });
    const found = await locate(part, context);
    if (!found) throw new PartUnavailable(`${part.title} was made, but can't be found.`);
    return found;
  });
}

/** Like `ensure`, but returns the reason if this machine can't have the part. */
export async function ensureIfPossible(part: Part, context: Context): Promise<Resolved | PartUnavailable> {
  try {
    return await ensure(part, context);
  } catch (error) {
    if (error instanceof PartUnavailable) return error;
    throw error;
  }
}

/** The part, if it is in place. Changes nothing. */
export async function locate(part: Part, context: Context): Promise<Resolved | undefined> {
  const found = await part.find(context);
  return found && { ...found, record: readRecord(part, context) };
}

const recordFile = (part: Part, context: Context): string => context.cache.path("records", `${part.name}.json`);

function writeRecord(part: Part, context: Context, record: PartRecord): void {
  const file = recordFile(part, context);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(record));
}

function readRecord(part: Part, context: Context): PartRecord | undefined {
  const file = recordFile(part, context);
  if (!existsSync(file)) return undefined;
  return recordSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
}
