import { listModels, serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { ollamaModelLifecycle } from "../../../providers/ollama-model/lifecycle";
import type { Network } from "./network";
import type { Provocation } from "./provocation";

const answer = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;

const version = async (endpoint: Promise<string>, scheme = "http") =>
  await serverVersion(new OllamaServer(`${scheme}://${await endpoint}`));

/** What answers in Ollama's place, or nothing that does. */
export const NOT_OLLAMA_PROVOCATIONS: readonly Provocation<Network>[] = [
  {
    row: "ollama-not-ollama",
    how: "a page stands there",
    run: (network) => version(network.answering(answer("200 OK", "<html></html>"))),
    says: "GET /api/version answered in a form that is not understood: Unexpected token '<', \"<html></html>\" is not valid JSON",
  },
  {
    row: "ollama-proxy-refuses",
    how: "a proxy that wants a sign-in",
    run: (network) => version(network.answering(answer("401 Unauthorized", "Sign in"))),
    says: "GET /api/version answered 401: Sign in",
  },
  {
    row: "ollama-not-ollama",
    how: "it is asked for its models",
    run: async (network) => {
      await listModels(new OllamaServer(`http://${await network.answering(answer("200 OK", '{"models":1}'))}`));
    },
    says: "GET /api/tags answered in a form that is not understood: ✖ Invalid input: expected array, received number\n  → at models",
  },
  {
    row: "ollama-proxy-refuses",
    how: "an OllamaModel is to be made there",
    run: async (network) => {
      const endpoint = `http://${await network.answering(answer("403 Forbidden", "no"))}`;
      await ollamaModelLifecycle.create({ endpoint, model: "smollm2:135m" });
    },
    says: 'OllamaModel "": create failed: smollm2:135m: Ollama answered GET /api/version with 403: no',
  },
  {
    row: "ollama-not-ollama",
    how: "a server that speaks something else",
    run: (network) => version(network.answering("SSH-2.0-OpenSSH_9.2\r\n")),
    says: "GET /api/version: no answer from http://SERVER: Parse Error: Expected HTTP/, RTSP/ or ICE/",
  },
  {
    row: "ollama-not-ollama",
    how: "https:// to a server that speaks plain HTTP",
    run: (network) => version(network.answering(answer("200 OK", "{}")), "https"),
    says: "GET /api/version: no answer from https://SERVER: write EPROTO THREAD:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:FILE\n",
  },
  {
    row: "ollama-unreachable",
    how: "a name that nobody knows",
    run: () => version(Promise.resolve("ollama..local:11434")),
    says: "GET /api/version: no answer from http://ollama..local:11434: getaddrinfo ENOTFOUND ollama..local",
  },
  {
    row: "ollama-unreachable",
    how: "a server that hangs up",
    run: (network) => version(network.doing((socket) => socket.once("data", () => socket.destroy()))),
    says: "GET /api/version: no answer from http://SERVER: socket hang up",
  },
  {
    row: "ollama-unreachable",
    how: "a server that does not answer",
    run: async (network) => {
      await serverVersion(new OllamaServer(`http://${await network.doing(() => undefined)}`), 0.1);
    },
    says: "GET /api/version: no answer from http://SERVER: no answer within the time limit",
  },
];
