import { Deadline, waitFor } from "../../clients/wait";
import { ModelServer } from "../engine/support/model-server";
import type { Json, Spec } from "../engine/support/resource-world";
import { ADMIN_PASSWORD, type ServerAddress } from "../support/opensearch/address";
import type { Log } from "../support/opensearch/fault-proxy";
import { TestCluster } from "../support/opensearch/test-cluster";
import { check, checkEmpty, type Standing } from "./check";
import type { Draw } from "./draw";
import type { Column, Finding, Trial } from "./findings";
import { type Foreign, makeForeign, NOBODY } from "./foreign";
import { PlainServer } from "./server";
import type { Command, Ended, Stack } from "./stack";

/** Longer than any command needs. A command that takes longer hangs. */
const MOST_SECONDS = 120;

/** The cluster of a trial, and the findings so far. */
export class ChaosWorld {
  readonly findings: Finding[] = [];
  readonly story: string[] = [];
  again = 0;
  later = false;
  foreign: Foreign = NOBODY;
  readonly #secrets = new Set<string>([ADMIN_PASSWORD]);
  readonly #stacks: Standing[] = [];

  private constructor(
    readonly cluster: TestCluster,
    readonly model: ModelServer,
    readonly server: PlainServer,
  ) {}

  static async start(address: ServerAddress, log?: Log): Promise<ChaosWorld> {
    const cluster = await TestCluster.start({ server: address, log });
    return new ChaosWorld(cluster, await new ModelServer().start(), new PlainServer(address));
  }

  async stop(): Promise<void> {
    await this.model.stop();
    await this.cluster.close();
  }

  connection(cluster = this.cluster): Json {
    return {
      endpoint: cluster.url,
      username: "admin",
      password: ADMIN_PASSWORD,
      requestTimeoutSeconds: 20,
      maxRetries: 2,
    };
  }

  async addForeign(): Promise<void> {
    this.foreign = await makeForeign(this.server);
  }

  /** A foreign setting was changed by hand, so it is no longer checked. */
  forgetSetting(key: string): void {
    const { [key]: _value, ...settings } = this.foreign.settings;
    this.foreign = { ...this.foreign, settings };
  }

  found(column: Column, text: string): void {
    this.findings.push({ column, text });
  }

  told(line: string): void {
    this.story.push(line);
  }

  /** A new secret, which must not appear anywhere. */
  secret(draw: Draw): string {
    const made = `Canary-${draw.whole(100_000, 999_999)}-Sings`;
    this.#secrets.add(made);
    return made;
  }

  lookForSecrets(where: string, text: string): void {
    for (const secret of this.#secrets) {
      if (text.includes(secret)) this.found("secret", `${where} shows ${secret}`);
    }
  }

  /** Runs a command to its end. Retries it once, as a user would. A second failure is a finding. */
  async run(stack: Stack, command: Command): Promise<boolean> {
    const first = await this.once(stack, command);
    if (first.code === 0) return true;
    await stack.unlock();
    // Follow the error's advice.
    if (command === "up" && first.output.includes("pulumi up --refresh")) await this.once(stack, "refresh");
    const second = await this.once(stack, command);
    if (second.code === 0) {
      this.again += 1;
      this.told(`(${command} succeeded at the second try: ${lastWords(first.output)})`);
      return true;
    }
    this.found("stuck", `${command} fails twice: ${lastWords(second.output)}`);
    return false;
  }

  async once(stack: Stack, command: Command): Promise<Ended> {
    const running = stack.start(command);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Ended>((done) => {
      timer = setTimeout(() => {
        void running.kill("all").then(() => done({ code: 124, output: `did not end in ${MOST_SECONDS} s` }));
      }, MOST_SECONDS * 1000);
    });
    const ended = await Promise.race([running.ended, late]);
    clearTimeout(timer);
    this.lookForSecrets(`the output of ${command}`, ended.output);
    this.lookForSecrets("the state", stack.stateText());
    return ended;
  }

  /** Sets what is expected of a stack from now on. Nothing, if it was destroyed. */
  expect(title: string, stack: Stack, program: readonly Spec[], isNeighbour = false): void {
    this.forget(title);
    this.#stacks.push({
      title,
      program,
      isNeighbour,
      get kept() {
        return stack.resources();
      },
    });
  }

  forget(title: string): void {
    const at = this.#stacks.findIndex((each) => each.title === title);
    if (at >= 0) this.#stacks.splice(at, 1);
  }

  async check(when: string, except: readonly Column[] = []): Promise<void> {
    this.#add(check(await this.server.look(), this.#stacks, this.foreign), when, except);
  }

  async checkEmpty(): Promise<void> {
    this.#add(checkEmpty(await this.server.look(), this.foreign), "at the end", []);
  }

  #add(found: readonly Finding[], when: string, except: readonly Column[]): void {
    for (const { column, text } of found) if (!except.includes(column)) this.found(column, `${when}: ${text}`);
  }

  trial(draw: Draw, missed = false): Trial {
    return {
      seed: draw.seed,
      story: this.story.join(", then "),
      findings: this.findings,
      again: this.again,
      later: this.later,
      missed,
    };
  }

  /** Objects and claims on the cluster that are in no state and were not created by hand. */
  async unknown(): Promise<string[]> {
    const sight = await this.server.look();
    const objects = check(sight, this.#stacks, this.foreign).filter(({ column }) => column === "duplicated");
    const claiming = this.#stacks.filter(({ program }) => program.some(({ type }) => type === "ClusterSetting"));
    const claims = sight.claims.length > claiming.length ? ["a claim is in no state"] : [];
    return [...objects.map(({ text }) => text), ...claims];
  }

  /** Waits until every held request has been answered. */
  async settled(): Promise<void> {
    const look = async () =>
      this.cluster.open === 0 ? { done: true as const } : { last: `${this.cluster.open} open` };
    await waitFor(look, { waitingFor: "requests that were held", deadline: Deadline.after(30_000) });
  }

  /** Whether a model still exists under its id. */
  async hasModel(id: string): Promise<boolean> {
    return (await this.server.look()).objects.some((object) => object.type === "DeployedModel" && object.id === id);
  }
}

/** Patterns of lines that tell what went wrong, most informative first. */
const TELLING = [/error: (?!update failed|preview failed)/, /failed|refused|not /i];

/** The most informative line of an output. */
export function lastWords(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const found = TELLING.map((pattern) => lines.findLast((line) => pattern.test(line))).find(
    (line) => line !== undefined,
  );
  return (found ?? lines.at(-1) ?? "without a word").slice(0, 300);
}
