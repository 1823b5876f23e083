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

type Writes = Readonly<Record<string, SettingValue>>;

/** What one look at the cluster asks for. */
export interface Step {
  readonly writes: Writes;
  /** What the claim says until the values are written: it has to remember all that may stand there now. */
  readonly before: Claim;
  /** The claim that is written together with the values; undefined where there is none and none is needed. */
  readonly after: Claim | undefined;
}

export interface Settling<S extends Step> {
  readonly server: OpenSearchServer;
  readonly scope: Scope;
  /** The claim's setting. */
  readonly key: string;
  /** Which of the claims on the cluster are this resource's: its own, that of a former name, what a crash left. */
  readonly isMine: (key: string, claim: Claim) => boolean;
  /** False on a service that keeps no claims: then the state alone remembers. */
  readonly keepsClaims: boolean;
  /** Whether the claim goes once there is nothing left to write. */
  readonly isLeaving: boolean;
  readonly needsDefaults: boolean;
  /** For messages: `ClusterSetting "opened"`. */
  readonly title: string;
  /** Works out the step; `mine` are this resource's claims as they stand on the cluster, `round` counts from 0. */
  readonly step: (present: ClusterSettings, neighbours: Neighbours, mine: readonly Claim[], round: number) => S;
  /** Told before each write of a step: from here on it may have been made. */
  readonly onWrite?: (step: S) => void;
  /** Told when the server refused the first write of a step, so that nothing was made. */
  readonly onRefusal?: () => void;
}

/**
 * Brings settings and claim to where they have to be, whoever else writes at the same time. The API cannot write on the
 * condition that nothing changed since the look. So each writer announces itself: its claim says `writing` before the look
 * on which a change of values rests, and until that change, which takes the word away in the same request. Nobody is done
 * before a look that finds everything right and nobody else announced. Who announces itself after that look also looks
 * after it, and so sees this claim. A claim that leaves goes after such a look: nothing that it remembers can come back.
 *
 * Answers the last step, and whether the cluster keeps claims.
 */
export async function settle<S extends Step>(settling: Settling<S>): Promise<{ step: S; keepsClaims: boolean }> {
  const settlement = new Settlement(settling);
  for (let round = 0; ; round += 1) {
    const step = await settlement.round(round);
    if (step !== undefined) return { step, keepsClaims: settlement.keepsClaims };
  }
}

/** One run on its way. */
class Settlement<S extends Step> {
  keepsClaims: boolean;
  readonly #others: OtherWriters;
  /** Entries that this run wrote for neighbours, by key. */
  readonly #wroteFor = new Map<string, Set<string>>();
  /** This resource's claims before the run. */
  #found: Writes | undefined;
  /** The claim as this run announced itself by it. */
  #announced: string | undefined;
  /** What a look showed on which a write rested; it has to show something else afterwards. */
  #before: ClusterSettings | undefined;
  #refusal: Error | undefined;
  #writes = 0;
  #hasWrittenAStep = false;

  constructor(private readonly settling: Settling<S>) {
    this.keepsClaims = settling.keepsClaims;
    this.#others = new OtherWriters(settling.title);
  }

  /** One look, and one write if there is something to write. Answers the step once there is nothing left to do. */
  async round(round: number): Promise<S | undefined> {
    const { server, scope, key, isMine, onWrite } = this.settling;
    const present = await getClusterSettings(server, { defaults: this.settling.needsDefaults });
    const claims = [...claimsIn(present)];
    const mine = claims.filter(([each, claim]) => isMine(each, claim));
    const theirs = claims.filter((each) => !mine.includes(each)).map(([, claim]) => claim);
    const ownKeys = [...new Set([key, ...mine.map(([each]) => each)])];
    const neighbours = neighboursOf(theirs, scope, this.#wroteFor);
    const own = mine.map(([, claim]) => claim);
    const step = this.settling.step(present, neighbours, own, round);
    this.#others.see(theirs);
    this.#found ??= Object.fromEntries(ownKeys.map((each) => [each, present.persistent[each] ?? null]));

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

  /** The claim that has to be written before the values are, unless this look shows it already. */
  #announcement(step: S, present: ClusterSettings): string | undefined {
    if (!this.keepsClaims || isEmpty(step.writes)) return undefined;
    const shown = present.persistent[this.settling.key];
    if (this.#announced !== undefined && shown === this.#announced) return undefined;
    this.#announced = claimText({ ...step.before, writing: randomBytes(6).toString("hex") });
    return this.#announced;
  }

  /** Everything is right; done is who need not fear a write that somebody worked out before. */
  async #end(step: S, { persistent }: ClusterSettings): Promise<S | undefined> {
    const { server, key, isLeaving, title } = this.settling;
    this.#before = undefined;
    if (this.#others.areWriting()) {
      await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS);
      return undefined;
    }
    const isToGo = isLeaving && this.keepsClaims && key in persistent;
    if (isToGo) await putClusterSettings(server, { persistent: { [key]: null } });
    if (this.#refusal !== undefined) {
      report(
        `warning: ${title}: this cluster keeps nothing below cluster.metadata (${this.#refusal.message}), so only this ` +
          "stack's state remembers what was there before, and other stacks do not see what this one needs",
      );
    }
    return step;
  }

  /** Answers whether it was done: a service that refuses claims is asked for no more of them. */
  async #write(values: Writes, claimed: Writes): Promise<boolean> {
    const { server, scope, onRefusal } = this.settling;
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
        // Who may change no settings at all is refused the values next, and that is the error to show.
        this.keepsClaims = false;
        this.#refusal = error;
        return false;
      }
      if (this.#hasWrittenAStep) throw error;
      // Nothing was made, so nothing is announced any more.
      if (this.keepsClaims) await putClusterSettings(server, { persistent: this.#found ?? {} }).catch(() => undefined);
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

/** This resource has one claim, with this text. */
function claimWrites(
  { persistent }: ClusterSettings,
  key: string,
  ownKeys: readonly string[],
  text: string | null,
): Writes {
  const wanted = ownKeys.map((each) => [each, each === key ? text : null] as const);
  return Object.fromEntries(wanted.filter(([each, value]) => (persistent[each] ?? null) !== value));
}

/** The server understood the request and did not do it; an error of 500 or more may come after the deed. */
function isRefusal(error: unknown): error is ServerError {
  return error instanceof ServerError && error.status < 500;
}

/** Some managed services acknowledge settings that they then ignore. */
function notKept(writes: Writes, present: ClusterSettings, scope: Scope): ExplainedError {
  const [key = "the claim", value = null] = Object.entries(writes)[0] ?? [];
  return new ExplainedError({
    what: `The server acknowledged ${key} = ${JSON.stringify(value)}, but shows ${JSON.stringify(present[scope][key] ?? null)}.`,
    cause: "Another writer changes it again and again, or the service does not let this setting be changed.",
    fix: "Run again; on a managed service, look into its list of settings that may be changed.",
  });
}

/** Those who announced a change of values and have not made it yet, as one run sees them come and go. */
class OtherWriters {
  /** When each announcement was first seen. */
  readonly #seen = new Map<string, number>();
  readonly #givenUp = new Set<string>();
  #present: readonly Claim[] = [];

  constructor(private readonly title: string) {}

  /** Takes in the claims of others at one look. */
  see(claims: readonly Claim[]): void {
    this.#present = claims.filter(({ writing }) => writing !== undefined);
    for (const { writing = "" } of this.#present) {
      if (!this.#seen.has(writing)) this.#seen.set(writing, performance.now());
    }
  }

  /** Whether one of them may still write. Who stays announced for too long counts as cut off, and that is said. */
  areWriting(): boolean {
    return this.#present.filter((claim) => !this.#isCutOff(claim)).length > 0;
  }

  #isCutOff({ writing = "", owner }: Claim): boolean {
    const since = performance.now() - (this.#seen.get(writing) ?? 0);
    if (since < PATIENCE_MILLISECONDS) return false;
    if (!this.#givenUp.has(writing)) {
      report(
        `warning: ${this.title}: ${owner} announced a change of this cluster's settings ${Math.round(since / 1000)} s ago ` +
          "and has not made it, so it counts as cut off; the next pulumi up or destroy of its stack puts that right",
      );
    }
    this.#givenUp.add(writing);
    return true;
  }
}

/** Writers that meet again and again draw lots how long to wait; eight at once were done after four changes of values. */
const MOST_WRITES = 60;
const LONGEST_PAUSE_MILLISECONDS = 100;

/** A writer that announced itself and was cut off looks like a slow one. A change takes 0.1 s; so long others wait for it. */
const PATIENCE_MILLISECONDS = 5_000;
