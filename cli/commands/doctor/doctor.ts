import type { Command } from "commander";
import { redact } from "../../../clients/redact";
import { ChatApi } from "../../../providers/connector/chat-api";
import type { Access } from "../../access/access";
import { type CommonFlags, stackToRead, withAccessOptions } from "../../access/find-access";
import { secondsFlag } from "../../answering/answer-options";
import { CommandFailure, ExitCode } from "../../failure";
import type { Output } from "../../output";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import type { Check, Repair } from "./check";
import { CHECKS } from "./checks/all";
import { engineChecks } from "./checks/engine";
import { type Machine, thisMachine } from "./machine";
import { mend } from "./mend";
import { releaseClaimsOf } from "./release-claims";
import { rendered } from "./render";
import { type CheckResult, runChecks } from "./run-checks";
import { Scene } from "./scene";

export interface DoctorFlags extends CommonFlags {
  /** Repair what is safe to repair. */
  readonly fix?: boolean;
  /** Do not ask before a repair. */
  readonly yes?: boolean;
  /** A removed stack, as `project/stack`, whose settings are given back. */
  readonly forgetClaimsOf?: string;
  /** Time limit for a model's answer, in seconds. */
  readonly timeout: number;
}

/** `ollama-chat doctor`: checks every link of the chain and explains each problem. With `--fix`, repairs what is safe. */
export async function doctor(flags: DoctorFlags, session: Session): Promise<void> {
  const output = session.output(flags);
  if (flags.forgetClaimsOf !== undefined && !flags.fix) throw onlyWithFix(flags.forgetClaimsOf);
  if (flags.fix && !flags.yes && !canAsk(output, session)) throw nobodyToAsk();
  const machine = thisMachine(session.io.environment);
  const found = await accessOrFinding(flags, session);
  if ("result" in found) {
    const results = await withLeftOvers(found.result, flags, machine, output, session);
    return conclude(results, output, session);
  }
  const besides = await askedFor(flags, found.access, machine);
  const look = () => examine(found.access, machine, flags.timeout, output, session);
  const results = await look();
  if (!flags.fix) return conclude(results, output, session);
  // With --json, only the final results are printed.
  if (!output.json) output.note(rendered(results, output));
  const mended = await mend(results, besides, flags.yes === true, output, session);
  if (mended.length === 0) return conclude(results, output, session);
  const after = await look();
  const fixed = after.map((result) => {
    const repaired = results.find(({ id, repair }) => id === result.id && repair && mended.includes(repair.id));
    return repaired && result.status === "ok" ? { ...result, fixed: true } : result;
  });
  conclude(fixed, output, session);
}

/** Repairs that flags ask for. A wrong stack name is refused before any check runs. */
async function askedFor({ forgetClaimsOf, timeout }: DoctorFlags, access: Access, machine: Machine): Promise<Repair[]> {
  if (forgetClaimsOf === undefined) return [];
  return [await releaseClaimsOf(new Scene(access, machine, timeout), forgetClaimsOf)];
}

async function examine(
  access: Access,
  machine: Machine,
  answerSeconds: number,
  output: Output,
  session: Session,
): Promise<CheckResult[]> {
  const results = await looked(CHECKS, new Scene(access, machine, answerSeconds), output, session);
  return [readable(access), ...results].map((result) => withoutSecrets(result, session.secrets));
}

export function withoutSecrets(result: CheckResult, secrets: readonly string[]): CheckResult {
  const { seen, fix } = result;
  return { ...result, seen: redact(seen, secrets), ...(fix === undefined ? {} : { fix: redact(fix, secrets) }) };
}

async function looked(
  checks: readonly Check[],
  scene: Scene,
  output: Output,
  session: Session,
): Promise<CheckResult[]> {
  return await session.interruptible(() => withWaiting(output, "checking", () => runChecks(checks, scene)));
}

/** Results if the outputs cannot be read: that failure, and what a killed `pulumi` left, which is often the cause. */
async function withLeftOvers(
  unreadable: CheckResult,
  flags: DoctorFlags,
  machine: Machine,
  output: Output,
  session: Session,
): Promise<CheckResult[]> {
  const access = {
    source: "flags and environment",
    api: ChatApi.generate,
    stack: stackToRead(flags, machine.environment),
  };
  const results = await looked(engineChecks, new Scene(access, machine, flags.timeout), output, session);
  const found = results.filter(({ status }) => status === "fail" || status === "warn");
  const state = found.find(({ status }) => status === "fail");
  if (state === undefined) return [unreadable, ...found];
  return [{ ...OUTPUTS, status: "skipped", seen: `waits for: ${state.title}` }, ...found];
}

/** The check of the stack's outputs. */
export const OUTPUTS = { id: "stack-outputs", title: "stack outputs", group: "Stack" } as const;

/** Its result if they could be read. */
export function readable({ source, opensearch, ollamaEndpoint }: Access): CheckResult {
  const servers = [opensearch?.endpoint, ollamaEndpoint].filter((url) => url !== undefined);
  return { ...OUTPUTS, status: "ok", seen: `${source}: ${servers.join(", ")}` };
}

/** Servers and objects. A stack that cannot be read is a result; an invalid flag throws. */
async function accessOrFinding(
  flags: DoctorFlags,
  session: Session,
): Promise<{ access: Access } | { result: CheckResult }> {
  try {
    return { access: await session.access(flags) };
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode !== ExitCode.noAccess) throw error;
    const { what, cause, fix } = error.explanation;
    return { result: { ...OUTPUTS, status: "fail", seen: redact(what, session.secrets), cause, fix } };
  }
}

function conclude(results: readonly CheckResult[], output: Output, session: Session): void {
  const plain = results.map(({ group: _group, repair: _repair, ...result }) => result);
  output.result(plain, () => rendered(results, output));
  if (results.some(({ status }) => status === "fail")) session.exitCode = ExitCode.unhealthy;
}

function canAsk(output: Output, session: Session): boolean {
  return output.interactive && session.io.in.isTTY === true;
}

function onlyWithFix(stack: string): CommandFailure {
  return new CommandFailure(ExitCode.usage, {
    what: `--forget-claims-of ${stack} without --fix.`,
    cause: "It changes the cluster's settings, and only --fix changes anything.",
    fix: "Add --fix. Without it doctor lists the claims on the cluster.",
  });
}

function nobodyToAsk(): CommandFailure {
  return new CommandFailure(ExitCode.usage, {
    what: "--fix asks before it changes anything, and there is no terminal to ask on.",
    cause: "Standard input or standard error is no terminal, or --json was given.",
    fix: "Add --yes to let it do what is safe without asking.",
  });
}

/** Time limit for a model's answer. Loading a large model from a slow disk can take more than a minute. */
const DEFAULT_ANSWER_SECONDS = 120;

/** Adds the command `doctor`. */
export function registerDoctor(program: Command, session: Session): void {
  const command = program
    .command("doctor")
    .description(
      "Check every link of the chain, from the containers to an answer, and explain each problem and its fix.",
    )
    .option(
      "--fix",
      "repair what is safe: pull a missing model, deploy the model again, remove leftovers of interrupted runs",
    )
    .option("--yes", "with --fix: do not ask first")
    .option("--forget-claims-of <project/stack>", "with --fix: give back the settings of a stack that no longer exists")
    .option("--timeout <seconds>", "time limit for one answer of a model", secondsFlag, DEFAULT_ANSWER_SECONDS);
  withAccessOptions(command).action(async (flags: DoctorFlags) => {
    await doctor(flags, session);
  });
}
