import { randomBytes } from "node:crypto";
import type { ServerAddress, ServerKind } from "./address";
import { FaultProxy, type Log } from "./fault-proxy";
import type { FaultList } from "./faults";
import { wipe } from "./wipe";

export interface TestClusterOptions {
  /** Which of the shared servers stands behind. Default: `plain`. */
  readonly kind?: ServerKind;
  /** A server of the test's own, of this kind, instead of the shared one. */
  readonly server?: ServerAddress;
  /** Port to listen on. Default: a free one. */
  readonly port?: number;
  /** Gets one line per request: `PUT /_cluster/settings 200`. Default: silent. */
  readonly log?: Log;
}

/**
 * A real OpenSearch with nothing in it, for one test, behind a proxy that makes faults on demand. Each has an identity of
 * its own: what a process remembers of one cluster must not reach the next test.
 */
export class TestCluster {
  private constructor(
    private readonly proxy: FaultProxy,
    /** The server itself, without the proxy. */
    readonly server: ServerAddress,
    private readonly kind: ServerKind,
  ) {}

  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    const { kind = "plain", port, log } = options;
    const server = options.server ?? (await sharedServerOf(kind));
    await wipe(server, kind);
    const proxy = await new FaultProxy(server.endpoint, newIdentity(), log).start(port);
    return new TestCluster(proxy, server, kind);
  }

  /**
   * The same server with all that is on it, behind a proxy of its own.
   *
   * @param identity by default another one, as for a process that remembers nothing of the first cluster
   */
  async beside(identity = newIdentity(), log?: Log): Promise<TestCluster> {
    const proxy = await new FaultProxy(this.server.endpoint, identity, log).start();
    return new TestCluster(proxy, this.server, this.kind);
  }

  /** Requests that came and are not done with, also those whose sender has gone. */
  get open(): number {
    return this.proxy.open;
  }

  /** What it says that it is. */
  get identity(): string {
    return this.proxy.clusterUuid;
  }

  /** Where clients find it: plain HTTP, on the secured server too, which asks for a password all the same. */
  get url(): string {
    return this.proxy.url;
  }

  get faults(): FaultList {
    return this.proxy.faults;
  }

  /** Makes it look as if its data were lost: another identity, and nothing in it. */
  async loseData(): Promise<void> {
    await wipe(this.server, this.kind);
    this.proxy.clusterUuid = newIdentity();
  }

  async close(): Promise<void> {
    await this.proxy.stop();
  }
}

/** Loaded when it is asked for: outside of vitest nothing is shared. */
async function sharedServerOf(kind: ServerKind): Promise<ServerAddress> {
  return await (await import("./shared-server.js")).sharedServer(kind);
}

/** In the form of OpenSearch's own: 22 characters. */
const newIdentity = (): string => randomBytes(16).toString("base64url");
