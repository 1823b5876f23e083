import { ServerError } from "../../../clients/errors";
import { causeAndFix, diagnose, symptomOf } from "../../../diagnosis/diagnose";
import { messageOf } from "../../../diagnosis/failure";
import { type Check, type Outcome, type Repair, type Status, skip } from "./check";
import type { Scene } from "./scene";

/** A check with its outcome. `--json` prints it without `repair` and `group`. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly seen: string;
  /** Id in the troubleshooting table. */
  readonly symptom?: string;
  readonly cause?: string;
  readonly fix?: string;
  /** Whether `--fix` repaired it. */
  readonly fixed?: boolean;
  readonly group: string;
  readonly repair?: Repair;
}

interface Done {
  readonly result: CheckResult;
  /** Why checks that need this one are skipped. */
  readonly obstacle?: Obstacle;
}

interface Obstacle {
  readonly reason: string;
  /** Whether the check failed, rather than having nothing to check. */
  readonly isFailure: boolean;
}

/**
 * Runs the checks, independent ones concurrently. Results come in the order of the list.
 *
 * @param onResult called with each result as soon as it is known
 */
export async function runChecks(
  checks: readonly Check[],
  scene: Scene,
  onResult?: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const running = new Map<string, Promise<Done>>();
  const done = async (ids: readonly string[] = []): Promise<Done[]> => {
    const found = await Promise.all(ids.map((id) => running.get(id)));
    return found.filter((one) => one !== undefined);
  };
  const settle = async (check: Check): Promise<Done> => {
    const [needed, wanted] = await Promise.all([done(check.needs), done(check.unlessFailed), done(check.after)]);
    const failed = wanted.filter(({ obstacle }) => obstacle?.isFailure);
    const obstacle = [...needed, ...failed].find((one) => one.obstacle !== undefined)?.obstacle;
    if (obstacle !== undefined) {
      return { result: resultOf(check, { status: "skipped", seen: obstacle.reason }), obstacle };
    }
    const outcome = await attempt(check, scene);
    return { result: resultOf(check, outcome), obstacle: obstacleOf(check, outcome) };
  };
  const told = async (check: Check): Promise<Done> => {
    const one = await settle(check);
    onResult?.(one.result);
    return one;
  };
  for (const check of checks) running.set(check.id, told(check));
  return (await Promise.all(running.values())).map(({ result }) => result);
}

function obstacleOf(check: Check, outcome: Outcome): Obstacle | undefined {
  if (outcome.status === "fail") return { reason: `waits for: ${check.title}`, isFailure: true };
  return outcome.blocks ? { reason: outcome.seen, isFailure: false } : undefined;
}

async function attempt(check: Check, scene: Scene): Promise<Outcome> {
  try {
    return await check.run(scene);
  } catch (error) {
    return outcomeOf(error, check.essential === true);
  }
}

/** Symptoms of a known user who lacks a permission. */
const RIGHTS: readonly string[] = ["user-may-not", "cluster-rights", "index-rights"];

/** Whether OpenSearch knows the user and refuses for lack of a permission. A proxy's 403 does not count. */
export function lacksRight(error: ServerError): boolean {
  return error.status === 403 && RIGHTS.includes(diagnose(error)?.id ?? "");
}

/** A failed check, with its symptom. If the user merely may not look, the check is skipped. */
export function outcomeOf(error: unknown, essential: boolean): Outcome {
  const text = messageOf(error);
  const symptom = diagnose(error)?.id;
  if (!essential && error instanceof ServerError && (lacksRight(error) || symptom === "refused-otherwise")) {
    return skip(`this user may not look: ${error.reason}`);
  }
  return { status: "fail", seen: text, symptom, error };
}

function resultOf(check: Check, outcome: Outcome): CheckResult {
  const { id, title, group } = check;
  const { status, seen, symptom, error = seen, names = {}, repair } = outcome;
  if (status === "ok" || status === "skipped") return { id, title, status, seen, group };
  const { cause, fix } = symptom === undefined ? causeAndFix(error) : symptomOf(symptom);
  return { id, title, status, seen, symptom, cause, fix: filled(fix, names), group, repair };
}

function filled(fix: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((text, [word, name]) => text.replaceAll(word, () => name), fix);
}
