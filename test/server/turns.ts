import type { TestCluster } from "../support/opensearch/test-cluster";

/** One process on a server that it shares with others. From its start on each request waits for its turn. */
export class Party {
  /** Set while a request waits. */
  #go: ((passes: boolean) => void) | undefined;
  #asked = 0;
  #ended = false;
  #failure: unknown;
  #changed: () => void = () => undefined;

  #killedAt = Number.POSITIVE_INFINITY;

  constructor(
    readonly name: string,
    readonly cluster: TestCluster,
  ) {}

  get ended(): boolean {
    return this.#ended;
  }

  get isDead(): boolean {
    return this.#asked >= this.#killedAt;
  }

  /**
   * Starts what it does.
   *
   * @param killedAt number of the request, counted from 1, at which it is killed: it asks nothing from there on.
   */
  start(life: () => Promise<unknown>, killedAt = Number.POSITIVE_INFINITY): void {
    this.#killedAt = killedAt;
    const act = async () => {
      const passes = await new Promise<boolean>((go) => {
        this.#go = go;
        this.#changed();
      });
      if (!passes) throw new Error(`${this.name} is killed`);
    };
    this.cluster.faults.add({ match: { path: "/_cluster/settings" }, times: 1e9, action: { kind: "before", act } });
    void life()
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#ended = true;
        this.#changed();
      });
  }

  /** Lets it ask to its end. */
  async finish(): Promise<void> {
    await this.ready();
    while (!this.#ended) await this.turn();
  }

  /** Waits until it asks for something, or has ended. */
  async ready(): Promise<void> {
    while (this.#go === undefined && !this.#ended) {
      await new Promise<void>((changed) => {
        this.#changed = changed;
      });
    }
  }

  /** Lets one request pass, or kills it there. */
  async turn(): Promise<void> {
    const go = this.#go;
    this.#go = undefined;
    this.#asked += 1;
    go?.(!this.isDead);
    await this.ready();
    if (this.#failure !== undefined && !this.isDead) throw this.#failure;
  }

  /** Its next process asks without waiting. */
  restart(): void {
    this.cluster.faults.clear();
  }

  /** Whoever still waits is killed. */
  async stop(): Promise<void> {
    this.#go?.(false);
    await this.cluster.close();
  }
}
