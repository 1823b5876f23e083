import { loadModel, serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { ollamaModelLifecycle } from "../../../providers/ollama-model/lifecycle";
import { soon } from "./acts";
import type { Network } from "./network";
import type { Provocation } from "./provocation";

/** An answer as a proxy gives it. */
function reply(status: string, body: string, ...headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${body.length}`, "connection: close"];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const HTML = "content-type: text/html";
const page = (title: string) => `<html><head><title>${title}</title></head></html>`;
const DOCTYPE = "<!DOCTYPE html><p>Sign in";

type Answer = (network: Network) => Promise<string>;
const answers =
  (...parts: Parameters<typeof reply>): Answer =>
  (network) =>
    network.answering(reply(...parts));

/** It stands before OpenSearch. */
function beforeOpenSearch(row: string, how: string, answer: Answer, says: string): Provocation<Network> {
  const run = async (network: Network) => {
    const endpoint = `http://${await answer(network)}`;
    await clusterInfo(
      openSearch({ endpoint, username: "admin", password: "x", requestTimeoutSeconds: 30, maxRetries: 0 }),
    );
  };
  return { row, how: `before OpenSearch: ${how}`, run, says: `GET / answered ${says}` };
}

/** It stands before Ollama. */
function beforeOllama(row: string, how: string, answer: Answer, says: string): Provocation<Network> {
  const run = async (network: Network) => {
    const server = new OllamaServer(`http://${await answer(network)}`);
    await loadModel(server, { model: "smollm2:135m" }, soon());
  };
  return { row, how: `before Ollama: ${how}`, run, says: `POST /api/generate answered ${says}` };
}

const ANSWERS: Readonly<Record<string, string>> = {
  "GET /api/version": '{"version":"0.17.4"}',
  "GET /api/tags": '{"models":[]}',
};

/** An OllamaModel is made through a proxy that lets some requests pass, and answers all others itself. */
async function madeBehind(network: Network, passing: readonly string[], otherwise: string): Promise<void> {
  const host = await network.doing((socket) =>
    socket.once("data", (asked) => {
      const passed = passing.find((request) => String(asked).startsWith(`${request} `));
      const json = passed && reply("200 OK", ANSWERS[passed] ?? "", "content-type: application/json");
      socket.end(json ?? otherwise);
    }),
  );
  await ollamaModelLifecycle.create({ endpoint: `http://${host}`, model: "smollm2:135m" });
}

/** What ingress controllers say where nobody is behind them. */
const NOBODY_BEHIND = [
  "no healthy upstream",
  "upstream connect error or disconnect/reset before headers",
  "no available server",
  "Service Unavailable",
];
const NOT_FOUND = '{"detail":"Not Found"}';
const NO_BACKEND = "default backend - 404";

const ELSEWHERE = "location: https://search.example.com/";

/** What proxies say in the place of the servers behind them. */
export const PROXY_PROVOCATIONS: readonly Provocation<Network>[] = [
  ...["301 Moved Permanently", "302 Found", "308 Permanent Redirect"].map((status) =>
    beforeOpenSearch(
      "redirected",
      `a redirect, ${status}`,
      answers(status, page(status), HTML, ELSEWHERE),
      `${status.slice(0, 3)}: redirects to https://search.example.com/`,
    ),
  ),
  beforeOpenSearch(
    "proxy-page",
    "it wants a sign-in of its own",
    answers("401 Unauthorized", page("401 Authorization Required"), HTML, 'www-authenticate: Basic realm="ours"'),
    "401: <html><head><title>401 Authorization Required</title></head></html>",
  ),
  beforeOpenSearch("proxy-page", "it forbids", answers("403 Forbidden", DOCTYPE, HTML), `403: ${DOCTYPE}`),
  ...NOBODY_BEHIND.map((words) =>
    beforeOpenSearch("proxy-alone", words, answers("503 Service Unavailable", words), `503: ${words}`),
  ),
  beforeOpenSearch("proxy-alone", "it waits no longer", answers("504 Gateway Timeout", "late"), "504: late"),
  beforeOpenSearch("proxy-alone", "it is starting", answers("503 Wait", DOCTYPE, HTML), `503: ${DOCTYPE}`),
  beforeOpenSearch(
    "request-too-large",
    "it takes no more",
    answers("413 Content Too Large", page("413"), HTML),
    "413: <html><head><title>413</title></head></html>",
  ),
  ...["404 page not found", NOT_FOUND, NO_BACKEND].map((words) =>
    beforeOpenSearch("not-opensearch", words, answers("404 Not Found", words), `404: ${words}`),
  ),
  beforeOpenSearch(
    "not-opensearch",
    "a page stands there",
    answers("200 OK", DOCTYPE, HTML),
    "in a form that is not understood: ✖ Invalid input: expected object, received string",
  ),
  beforeOpenSearch(
    "not-opensearch",
    "another API stands there",
    answers("200 OK", "null", "content-type: application/json"),
    "in a form that is not understood: ✖ Invalid input: expected object, received null",
  ),
  beforeOpenSearch(
    "proxy-alone",
    "it does not reach OpenSearch",
    answers("502 Bad Gateway", page("502 Bad Gateway"), HTML),
    "502: <html><head><title>502 Bad Gateway</title></head></html>",
  ),
  beforeOpenSearch(
    "sign-in-elsewhere",
    "it wants a token",
    answers("401 Unauthorized", '{"message":"No token"}', "content-type: application/json", "www-authenticate: Bearer"),
    '401: {"message":"No token"}',
  ),
  beforeOpenSearch(
    "sign-in-elsewhere",
    "it wants a user of its own",
    answers("407 Proxy Authentication Required", "Sign in", "content-type: text/plain"),
    "407: Sign in",
  ),
  beforeOpenSearch(
    "refused-otherwise",
    "it lets this request not pass",
    answers("403 Forbidden", "blocked", "content-type: text/plain"),
    "403: blocked",
  ),
  beforeOllama(
    "ollama-redirected",
    "a redirect to https",
    answers("308 Permanent Redirect", "", "location: https://ollama.example.com/api/generate"),
    "308: redirects to https://ollama.example.com/api/generate",
  ),
  {
    row: "ollama-redirected",
    how: "before Ollama: the version is asked for",
    run: async (network) => {
      const host = await network.answering(reply("301 Moved Permanently", "", "location: https://o/api/version"));
      await serverVersion(new OllamaServer(`http://${host}`));
    },
    says: "GET /api/version answered 301: redirects to https://o/api/version",
  },
  beforeOllama("ollama-proxy-refuses", "it wants a user", answers("401 Unauthorized", "Sign in"), "401: Sign in"),
  beforeOllama(
    "ollama-proxy-refuses",
    "it wants a user, and says so in a page",
    answers("401 Unauthorized", page("401 Authorization Required"), HTML),
    "401: <html><head><title>401 Authorization Required</title></head></html>",
  ),
  beforeOllama("ollama-proxy-refuses", "it forbids", answers("403 Forbidden", "no"), "403: no"),
  {
    row: "ollama-proxy-refuses",
    how: "before Ollama: it lets reading pass, and no pull",
    run: (network) => madeBehind(network, ["GET /api/version", "GET /api/tags"], reply("403 Forbidden", "read only")),
    says: 'OllamaModel "": create failed: smollm2:135m: Ollama answered POST /api/pull with 403: read only',
  },
  {
    row: "ollama-proxy-alone",
    how: "before Ollama: Ollama ends while a model is made",
    run: (network) => madeBehind(network, ["GET /api/version"], reply("502 Bad Gateway", page("502"), HTML)),
    says: 'OllamaModel "": create failed: smollm2:135m: Ollama answered GET /api/tags with 502: <html><head><title>502</title></head></html>',
  },
  beforeOllama(
    "ollama-proxy-alone",
    "it does not reach Ollama",
    answers("502 Bad Gateway", page("502 Bad Gateway"), HTML),
    "502: <html><head><title>502 Bad Gateway</title></head></html>",
  ),
  beforeOllama(
    "ollama-proxy-alone",
    "it waits no longer",
    answers("504 Gateway Timeout", "<!doctype html>late", HTML),
    "504: <!doctype html>late",
  ),
  ...NOBODY_BEHIND.map((words) =>
    beforeOllama("ollama-proxy-alone", words, answers("503 Service Unavailable", words), `503: ${words}`),
  ),
  beforeOllama("ollama-proxy-alone", "it is starting", answers("503 Wait", page("503"), HTML), `503: ${page("503")}`),
  beforeOllama("ollama-request-too-large", "it takes no more", answers("413 Content Too Large", "x"), "413: x"),
  ...[NOT_FOUND, NO_BACKEND].map((words) =>
    beforeOllama("ollama-not-ollama", words, answers("404 Not Found", words), `404: ${words}`),
  ),
  beforeOllama(
    "ollama-not-ollama",
    "a page for signing in",
    answers("200 OK", DOCTYPE, HTML),
    "in a form that is not understood: it is a page, text/html",
  ),
  {
    row: "ollama-not-ollama",
    how: "OpenSearch stands there",
    run: ({ plain }) => loadModel(new OllamaServer(plain.endpoint), { model: "smollm2:135m" }, soon()),
    says: "POST /api/generate answered 400: no handler found for uri [/api/generate] and method [POST]",
  },
];
