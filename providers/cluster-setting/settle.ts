import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ServerError } from "../../clients/errors";
import {
  type ClusterSettings,
  getClusterSettings,
  putClusterSettings,
  type Scope,
  type SettingValue,
} from "../../clients/opensearch/cluster";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { ExplainedError } from "../../diagnosis/explained-error";
import { type Claim, claimsIn, claimText, type Neighbours, neighboursOf } from "./claim";
import { LONGEST_PAUSE_MILLISECONDS, MOST_WRITES, PATIENCE_MILLISECONDS } from "./pace";

type Writes = Readonly<Record<string, SettingValue>>;

/** What to write, worked out from one read of the cluster's settings. */
export interface Step {
  readonly writes: Writes;
  /** The claim until the values are written. It remembers everything that may be on the cluster meanwhile. */
  readonly before: Claim;
  /** The claim to write together with the values; `undefined` if there is none and none is needed. */
  readonly after: Claim | undefined;
}

export interface SettleOptions<S extends Step> {
  readonly server: OpenSearchServer;
  readonly scope: Scope;
  /** Key of the claim's setting. */
  readonly key: string;
  /** Whether a claim belongs to this resource: its own, the one under its former name, or a left-over of a crash. */
  readonly isMine: (key: string, claim: Claim) => boolean;
  /** False on a service that stores no claims: only the state remembers then. */
  readonly keepsClaims: boolean;
  /** Whether to remove the claim once there is nothing left to write. */
  readonly isLeaving: boolean;
  readonly needsDefaults: boolean;
  /** For messages: `ClusterSetting "opened"`. */
  readonly title: string;
  /** Works out the step. `mine` are this resource's claims on the cluster; `round` counts from 0. */
  readonly step: (present: ClusterSettings, neighbours: Neighbours, mine: readonly Claim[], round: number) => S;
  /** Called before each write of a step. From then on, its values may be on the cluster. */
  readonly onWrite?: (step: S) => void;
  /** Called when the server refused the first write of a step, so that nothing was written. */
  readonly onRefusal?: () => void;
}

/**
 * Writes settings and claim, and gets them right even if others write at the same time. The API has no conditional
 * write, so each writer announces itself: it puts `writing` into its claim, reads the settings, and writes the values
 * in one request that also removes `writing`. A writer is done when a read shows that everything is right and that
 * nobody else is announced. A writer that announces itself later also reads later, and so sees this claim. A leaving
 * claim is removed after such a read, when nothing that it remembers can come back.
 *
 * Returns the last step, and whether the cluster stores claims.
 */
export async function settle<S extends Step>(options: SettleOptions<S>): Promise<{ step: S; keepsClaims: boolean }> {
  const run = new SettleRun(options);
  for (let round = 0; ; round += 1) {
    const step = await run.round(round);
    if (step !== undefined) return { step, keepsClaims: run.keepsClaims };
  }
}

/** The progress of one call of `settle`. */
class SettleRun<S extends Step> {
  keepsClaims: boolean;
  readonly #others: OtherWriters;
  /** Entries that this run wrote for neighbours, by key. */
  readonly #wroteFor = new Map<string, Set<string>>();
  /** This resource's claims before the run. */
  #claimsBefore: Writes | undefined;
  /** The text of the claim that announced this run. */
  #announced: string | undefined;
  /** The settings before the last write. If they are the same afterwards, the server ignored the write. */
  #before: ClusterSettings | undefined;
  #refusal: Error | undefined;
  #writes = 0;
  #hasWrittenAStep = false;

  constructor(private readonly options: SettleOptions<S>) {
    this.keepsClaims = options.keepsClaims;
    this.#others = new OtherWriters(options.title);
  }

  /** One read, and one write if needed. Returns the step once there is nothing left to do. */
  async round(round: number): Promise<S | undefined> {
    const { server, scope, key, isMine, onWrite } = this.options;
    const present = await getClusterSettings(server, { defaults: this.options.needsDefaults });
    const claims = [...claimsIn(present)];
    const mine = claims.filter(([each, claim]) => isMine(each, claim));
    const theirs = claims.filter((each) => !mine.includes(each)).map(([, claim]) => claim);
    const ownKeys = [...new Set([key, ...mine.map(([each]) => each)])];
    const neighbours = neighboursOf(theirs, scope, this.#wroteFor);
    const own = mine.map(([, claim]) => claim);
    const step = this.options.step(present, neighbours, own, round);
    this.#others.see(theirs);
    this.#claimsBefore ??= Object.fromEntries(ownKeys.map((each) => [each, present.persistent[each] ?? null]));

    const announcement = this.#announcement(step, present);
    const values = announcement === undefined ? step.writes : {};
    const text = announcement ?? (step.after === undefined ? null : claimText(step.after));
    const claimed = this.keepsClaims ? claimWrites(present, key, ownKeys, text) : {};
    if (isEmpty(values) && isEmpty(claimed)) return await this.#end(step, present);
    if (this.#writes === MOST_WRITES || (this.#before !== undefined && isDeepStrictEqual(this.#before, present))) {
      throw notKept(values, present, scope);
    }
    if (announcement === undefined) onWrite?.(step);
    if (!(await this.#write(values, claimed))) return undefined;
    this.#before = present;
    this.#writes += 1;
    if (announcement !== undefined) return undefined;
    this.#hasWrittenAStep = true;
    this.#remember(values, neighbours);
    return undefined;
  }

  /** The claim to write before the values, unless it is on the cluster already. */
  #announcement(step: S, present: ClusterSettings): string | undefined {
    if (!this.keepsClaims || isEmpty(step.writes)) return undefined;
    const shown = present.persistent[this.options.key];
    if (this.#announced !== undefined && shown === this.#announced) return undefined;
    this.#announced = claimText({ ...step.before, writing: randomBytes(6).toString("hex") });
    return this.#announced;
  }

  /** Called when everything is right. Waits for another round if somebody else may still write from an earlier read. */
  async #end(step: S, { persistent }: ClusterSettings): Promise<S | undefined> {
    const { server, key, isLeaving, title } = this.options;
    this.#before = undefined;
    if (this.#others.areWriting()) {
      await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS);
      return undefined;
    }
    const removesClaim = isLeaving && this.keepsClaims && key in persistent;
    if (removesClaim) await putClusterSettings(server, { persistent: { [key]: null } });
    if (this.#refusal !== undefined) {
      report(
        `warning: ${title}: this cluster keeps nothing below cluster.metadata (${this.#refusal.message}), so only this ` +
          "stack's state remembers what was there before, and other stacks do not see what this one needs",
      );
    }
    return step;
  }

  /** Returns false if the service refused the claim. No more claims are written then. */
  async #write(values: Writes, claimed: Writes): Promise<boolean> {
    const { server, scope, onRefusal } = this.options;
    const persistent = scope === "persistent" ? { ...values, ...claimed } : claimed;
    try {
      await putClusterSettings(server, {
        ...(isEmpty(persistent) ? {} : { persistent }),
        ...(scope === "transient" && !isEmpty(values) ? { transient: values } : {}),
      });
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (isEmpty(values)) {
        // A user who may not change any settings is refused the values next. That is the error to show.
        this.keepsClaims = false;
        this.#refusal = error;
        return false;
      }
      if (this.#hasWrittenAStep) throw error;
      // Nothing was written, so the announcement is withdrawn.
      const undo = { persistent: this.#claimsBefore ?? {} };
      if (this.keepsClaims) await putClusterSettings(server, undo).catch(() => undefined);
      onRefusal?.();
      throw error;
    }
  }

  #remember(values: Writes, neighbours: Neighbours): void {
    for (const [setting, value] of Object.entries(values)) {
      const theirs = neighbours.contributed(setting).filter((entry) => value?.includes(entry));
      this.#wroteFor.set(setting, new Set([...(this.#wroteFor.get(setting) ?? []), ...theirs]));
    }
  }
}

const isEmpty = (writes: Writes): boolean => Object.keys(writes).length === 0;

/** The writes that leave the resource with one claim of this text, or with none for `null`. */
function claimWrites(
  { persistent }: ClusterSettings,
  key: string,
  ownKeys: readonly string[],
  text: string | null,
): Writes {
  const wanted = ownKeys.map((each) => [each, each === key ? text : null] as const);
  return Object.fromEntries(wanted.filter(([each, value]) => (persistent[each] ?? null) !== value));
}

/**
 * Whether the server refused the request without changing anything. After a status of 500 or more it may have changed.
 */
function isRefusal(error: unknown): error is ServerError {
  return error instanceof ServerError && error.status < 500;
}

/** The error for a setting that the server acknowledged but ignored, as some managed services do. */
function notKept(writes: Writes, present: ClusterSettings, scope: Scope): ExplainedError {
  const [key = "the claim", value = null] = Object.entries(writes)[0] ?? [];
  return new ExplainedError({
    what: `The server acknowledged ${key} = ${JSON.stringify(value)}, but shows ${JSON.stringify(present[scope][key] ?? null)}.`,
    cause: "Another writer changes it again and again, or the service does not let this setting be changed.",
    fix: "Run again; on a managed service, see its list of settings that may be changed.",
  });
}

/** Other writers that have announced a change of values and not made it yet. */
class OtherWriters {
  /** When each announcement was first seen. */
  readonly #seen = new Map<string, number>();
  readonly #givenUp = new Set<string>();
  #present: readonly Claim[] = [];

  constructor(private readonly title: string) {}

  /** Updates the list from the claims of one read. */
  see(claims: readonly Claim[]): void {
    this.#present = claims.filter(({ writing }) => writing !== undefined);
    for (const { writing = "" } of this.#present) {
      if (!this.#seen.has(writing)) this.#seen.set(writing, performance.now());
    }
  }

  /**
   * Whether one of them may still write. One that stays announced for too long counts as interrupted, with a warning.
   */
  areWriting(): boolean {
    return this.#present.filter((claim) => !this.#isCutOff(claim)).length > 0;
  }

  #isCutOff({ writing = "", owner }: Claim): boolean {
    const since = performance.now() - (this.#seen.get(writing) ?? 0);
    if (since < PATIENCE_MILLISECONDS) return false;
    if (!this.#givenUp.has(writing)) {
      report(
        `warning: ${this.title}: ${owner} announced a change of this cluster's settings ${Math.round(since / 1000)} s ago ` +
          "and has not made it, so it counts as interrupted; the next pulumi up or destroy of its stack repairs that",
      );
    }
    this.#givenUp.add(writing);
    return true;
  }
}
