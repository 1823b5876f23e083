import { request } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import { stripVTControlCharacters } from "node:util";
import type { z } from "zod";
import { dialOverSsh } from "./ssh";

const TIME_LIMIT_MILLISECONDS = 5_000;
/** Each request over ssh logs in first. */
const SSH_TIME_LIMIT_MILLISECONDS = 15_000;

/** Certificates for a Docker that asks for TLS, as PEM texts. */
export interface DockerCertificates {
  /** Authority of Docker's own certificate. */
  readonly ca?: string | undefined;
  /** The client's certificate, and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Docker's address unless `DOCKER_HOST` is set. */
export const DOCKER_HOST = "unix:///var/run/docker.sock";

/** Docker answered with an error. */
export class DockerRefusal extends Error {
  constructor(
    readonly status: number,
    path: string,
    text: string,
  ) {
    super(`Docker answered GET ${path} with ${status}: ${text}`);
    this.name = "DockerRefusal";
  }
}

/** The part of Docker's HTTP API that this package uses. */
export class DockerEngine {
  private constructor(
    private readonly send: typeof request,
    private readonly address: RequestOptions,
    private readonly timeLimitMilliseconds = TIME_LIMIT_MILLISECONDS,
  ) {}

  /**
   * The engine at an address as in `DOCKER_HOST`: `unix://`, `tcp://` (with TLS if there are certificates) or `ssh://`.
   * `undefined` for others, such as npipe, which this client does not support.
   */
  static at(dockerHost: string, certificates?: DockerCertificates): DockerEngine | undefined {
    if (dockerHost.startsWith("unix://")) {
      return new DockerEngine(request, { socketPath: dockerHost.slice("unix://".length), agent: false });
    }
    if (!URL.canParse(dockerHost)) return undefined;
    const url = new URL(dockerHost);
    if (url.protocol === "ssh:") {
      return new DockerEngine(request, { createConnection: () => dialOverSsh(url) }, SSH_TIME_LIMIT_MILLISECONDS);
    }
    if (!["tcp:", "http:", "https:"].includes(url.protocol)) return undefined;
    const isTls = certificates !== undefined || url.protocol === "https:";
    const [send, port] = isTls ? [tlsRequest, 2376] : [request, 2375];
    const host = url.hostname.replace(/^\[|\]$/g, "");
    return new DockerEngine(send, { host, port: Number(url.port || port), ...certificates, agent: false });
  }

  /** @throws Error if Docker does not answer or answers with an error. */
  async get<T>(path: string, answer: z.ZodType<T>): Promise<T> {
    return answer.parse(JSON.parse((await this.#bytes(path)).toString("utf8")));
  }

  /** Reads an answer with one JSON object per line. */
  async getLines<T>(path: string, line: z.ZodType<T>): Promise<T[]> {
    const lines = (await this.#bytes(path)).toString("utf8").split("\n");
    return lines.filter((text) => text.trim() !== "").map((text) => line.parse(JSON.parse(text)));
  }

  /** The last line of a container's log, or "" if it is empty. */
  async lastLogLine(id: string): Promise<string> {
    return (await this.lastLogLines(id, 1)).at(-1) ?? "";
  }

  /** The last lines of a container's log, at most `count`, optionally up to a time (seconds of Docker's own clock). */
  async lastLogLines(id: string, count: number, until?: string): Promise<string[]> {
    // Docker applies `tail` before `until`, so ask for more lines than needed.
    const range = until === undefined ? `tail=${count}` : `tail=${count * 20}&until=${until}`;
    const log = await this.#bytes(`/containers/${id}/logs?stdout=1&stderr=1&${range}`).catch(() => Buffer.alloc(0));
    const text = stripVTControlCharacters(demultiplexed(log)).replaceAll("\r", "").trimEnd();
    return text === "" ? [] : text.split("\n").slice(-count);
  }

  #bytes(path: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const call = this.send({ ...this.address, path }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const body = Buffer.concat(chunks);
          if (response.statusCode === 200) return resolve(body);
          reject(new DockerRefusal(response.statusCode ?? 0, path, body.toString("utf8").trim()));
        });
      });
      const limit = setTimeout(() => call.destroy(new Error("Docker does not answer")), this.timeLimitMilliseconds);
      call.once("close", () => clearTimeout(limit));
      // A connection over ssh that ends early gives two errors.
      call.on("error", reject);
      call.end();
    });
  }
}

const HEADER_BYTES = 8;

/** Decodes the log of a container without a terminal: frames with a header of eight bytes for stream and length. */
function demultiplexed(log: Buffer): string {
  let text = "";
  let at = 0;
  while (at + HEADER_BYTES <= log.length) {
    const isFrame = (log[at] ?? 3) <= 2 && log[at + 1] === 0 && log[at + 2] === 0 && log[at + 3] === 0;
    if (!isFrame) return text + log.subarray(at).toString("utf8");
    const end = at + HEADER_BYTES + log.readUInt32BE(at + 4);
    text += log.subarray(at + HEADER_BYTES, end).toString("utf8");
    at = end;
  }
  return text;
}
