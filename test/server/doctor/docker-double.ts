import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { STACK_LABEL } from "../../../components/stack-label";
import { LoopbackServer } from "../../support/loopback-server";

interface State {
  readonly Status: string;
  readonly Running: boolean;
  readonly ExitCode: number;
  readonly Error: string;
  readonly OOMKilled: boolean;
  readonly Restarting: boolean;
  readonly Health?: { readonly Status: string; readonly Log: readonly { readonly Output: string }[] };
}

interface ContainerDouble {
  readonly port: number;
  /** Where it publishes it. Default: 127.0.0.1. */
  readonly address?: string;
  readonly state?: Partial<State>;
  readonly restartCount?: number;
  readonly log?: string;
  /** Those of its image. */
  readonly labels?: Readonly<Record<string, string>>;
}

const RUNNING: State = {
  Status: "running",
  Running: true,
  ExitCode: 0,
  Error: "",
  OOMKilled: false,
  Restarting: false,
  Health: { Status: "healthy", Log: [] },
};

/** A Docker engine with the containers that a test describes, by the API of version 1.47 (`docker inspect` of 27). */
export class DockerDouble extends LoopbackServer {
  readonly containers = new Map<string, ContainerDouble>();
  readonly volumes: string[] = [];
  /** Running containers of others, by the port they publish. */
  readonly others = new Map<number, string>();

  get host(): string {
    return this.endpoint.replace("http:", "tcp:");
  }

  protected answer(request: IncomingMessage, _body: string, response: ServerResponse): unknown {
    const [path = ""] = (request.url ?? "").split("?");
    const json = (value: unknown) => void response.writeHead(200).end(JSON.stringify(value));
    if (path === "/info") return json({ ServerVersion: "27.3.1", DockerRootDir: tmpdir() });
    if (path === "/volumes") return json({ Volumes: this.volumes.map((Name) => ({ Name, Labels: LABELS })) });
    if (path === "/containers/json") return json(this.list(request.url?.includes("all=1") === true));
    if (path === "/networks") return json([]);
    const [, id = "", what = ""] = /^\/containers\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const found = this.containers.get(id);
    if (found === undefined) return response.writeHead(404).end(`{"message":"No such container: ${id}"}`);
    if (what === "logs") return response.writeHead(200).end(frame(found.log ?? ""));
    return json(inspected(id, found));
  }

  private list(all: boolean): unknown[] {
    const own = [...this.containers].map(([name, { port, state }]) => {
      const isUp = state?.Running ?? true;
      return { isUp, row: { Id: name, Names: [`/${name}`], Ports: isUp ? [{ PublicPort: port }] : [] } };
    });
    const others = [...this.others].map(([port, name]) => ({
      Id: name,
      Names: [`/${name}`],
      Ports: [{ PublicPort: port }],
    }));
    return all ? own.map(({ row }) => row) : [...own.filter(({ isUp }) => isUp).map(({ row }) => row), ...others];
  }
}

const LABELS = { [STACK_LABEL]: "chat/dev" };

function inspected(
  name: string,
  { port, address = "127.0.0.1", state, restartCount = 0, labels }: ContainerDouble,
): unknown {
  return {
    Id: name,
    Name: `/${name}`,
    RestartCount: restartCount,
    State: { ...RUNNING, ...state },
    HostConfig: { Memory: 0, PortBindings: { "1/tcp": [{ HostIp: address, HostPort: String(port) }] } },
    Config: { Labels: { ...labels, ...LABELS } },
  };
}

/** One frame of standard error, as a container without a terminal logs it. */
function frame(text: string): Buffer {
  const header = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}
