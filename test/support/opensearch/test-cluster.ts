import { randomBytes } from "node:crypto";
import type { ServerAddress, ServerKind } from "./address";
import { FaultProxy, type Log } from "./fault-proxy";
import type { FaultList } from "./faults";
import { wipe } from "./wipe";

export interface TestClusterOptions {
  /** The shared server to use. Default: `plain`. */
  readonly kind?: ServerKind;
  /** A server of this kind for this test alone, instead of a shared one. */
  readonly server?: ServerAddress;
  /** Port to listen on. Default: a free one. */
  readonly port?: number;
  /** Gets one line per request: `PUT /_cluster/settings 200`. Default: silent. */
  readonly log?: Log;
}

/**
 * A real, empty OpenSearch for one test, behind a proxy that injects faults. Each has its own identity, so that what a
 * process remembers of one cluster does not reach the next test.
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
   * The same server with all its data, behind another proxy.
   *
   * @param identity by default a new one, as for a process that remembers nothing of the first cluster
   */
  async beside(identity = newIdentity(), log?: Log): Promise<TestCluster> {
    const proxy = await new FaultProxy(this.server.endpoint, identity, log).start();
    return new TestCluster(proxy, this.server, this.kind);
  }

  /** Number of unfinished requests, including those whose client is gone. */
  get open(): number {
    return this.proxy.open;
  }

  /** Its `cluster_uuid`. */
  get identity(): string {
    return this.proxy.clusterUuid;
  }

  /** URL for clients. Plain HTTP even for the secured server, which still requires a password. */
  get url(): string {
    return this.proxy.url;
  }

  get faults(): FaultList {
    return this.proxy.faults;
  }

  /** Simulates a loss of all data: another identity, and nothing in it. */
  async loseData(): Promise<void> {
    await wipe(this.server, this.kind);
    this.proxy.clusterUuid = newIdentity();
  }

  async close(): Promise<void> {
    await this.proxy.stop();
  }
}

/** Loaded on demand, since it only works in vitest. */
async function sharedServerOf(kind: ServerKind): Promise<ServerAddress> {
  return await (await import("./shared-server.js")).sharedServer(kind);
}

/** An identity like OpenSearch's own: 22 characters. */
const newIdentity = (): string => randomBytes(16).toString("base64url");
