import { dirname } from "node:path";
import { daemonAddress } from "./docker";
import { PartUnavailable } from "./failure";
import { type Context, ensure, ensureIfPossible, locate, type Part, type Resolved } from "./part";
import { chatModel } from "./parts/chat-model";
import { chromium } from "./parts/chromium";
import { dockerEngine } from "./parts/docker-engine";
import { dockerPlugin } from "./parts/docker-plugin";
import { embeddingModel } from "./parts/embedding-model";
import { localHaproxyImage } from "./parts/haproxy-image";
import { findJdk, requireJdk } from "./parts/jdk";
import { officialImage } from "./parts/official-image";
import { localOllamaImage } from "./parts/ollama-image";
import { ollamaBuild, ollamaProgram } from "./parts/ollama-program";
import { olderOpensearchHome, opensearchHome } from "./parts/opensearch-home";
import { adaptedSecurityIn, localOpensearchImage } from "./parts/opensearch-image";
import { type OpenSearchRelease, opensearch36, opensearch219 } from "./parts/opensearch-releases";
import { otherMachine } from "./parts/other-machine";
import { pulumiCli } from "./parts/pulumi-cli";
import { type Selection, writeSelection } from "./selection";
import { versions } from "./versions";

export const officialOllama = officialImage(`ollama/ollama:${versions.ollama}`);
export const officialHaproxy = officialImage(`haproxy:${versions.haproxy}`);
export const officialOpensearch = officialImage(`opensearchproject/opensearch:${versions.opensearch}`);

/** What a command needs: `stack` runs in Docker only; `tests` also start servers outside Docker. */
export type Goal = "stack" | "tests";

/**
 * Installs what the goal needs, stores the selection, and returns it. Two lanes run side by side: Go builds keep two
 * cores busy, while the other lane waits for the network and for Docker.
 */
export async function install(goal: Goal, context: Context): Promise<Selection> {
  const engine = ensureIfPossible(dockerEngine, context);
  const published = engine.then((found) => (found instanceof PartUnavailable ? undefined : findPublished(context)));
  const programLane = async () => {
    const pulumi = await ensure(pulumiCli, context);
    await ensure(dockerPlugin, context);
    const images = await published;
    // The local Ollama image contains this build. Tests also run it outside Docker.
    if (images && !images.ollama) await ensureIfPossible(ollamaBuild, context);
    return { pulumi, ollama: await installOllama(goal, context), browser: await installBrowser(goal, context) };
  };
  const opensearchLane = async () => {
    const process = await installOpenSearch(goal, context);
    const images = await published;
    const image = images && (images.opensearch ?? (await ensureIfPossible(localOpensearchImage, context)));
    return { image, process };
  };
  const [{ pulumi, ollama, browser }, opensearch, images] = await Promise.all([
    programLane(),
    opensearchLane(),
    published,
  ]);
  const ollamaImage = images && (images.ollama ?? (await ensureIfPossible(localOllamaImage, context)));
  const haproxy = goal === "tests" && images ? await installHaproxy(context) : undefined;
  const selection: Selection = {
    nodeFolder: dirname(process.execPath),
    pulumiFolder: pulumi.location,
    chatModel: versions.model.name,
    ...(await describeImages(await engine, opensearch.image, ollamaImage, haproxy)),
    ...ollama,
    ...opensearch.process,
    ...(goal === "tests" && images ? await installOtherMachine(context) : {}),
    ...browser,
  };
  writeSelection(context.cache, selection);
  return selection;
}

/** The official images that exist or can be pulled. If the local build exists, nothing is pulled. */
async function findPublished(context: Context): Promise<{ ollama?: Resolved; opensearch?: Resolved }> {
  const [ollama, opensearch] = await Promise.all([
    publishedUnlessBuilt(officialOllama, localOllamaImage, context),
    publishedUnlessBuilt(officialOpensearch, localOpensearchImage, context),
  ]);
  return { ollama, opensearch };
}

async function publishedUnlessBuilt(published: Part, built: Part, context: Context): Promise<Resolved | undefined> {
  const present = await locate(published, context);
  if (present) return present;
  if (await locate(built, context)) return undefined;
  const pulled = await ensureIfPossible(published, context);
  return pulled instanceof PartUnavailable ? undefined : pulled;
}

/** Only tests of stacks with several Ollamas need it. */
async function installHaproxy(context: Context): Promise<string | undefined> {
  const published = await publishedUnlessBuilt(officialHaproxy, localHaproxyImage, context);
  const image = published ?? (await ensureIfPossible(localHaproxyImage, context));
  return image instanceof PartUnavailable ? undefined : image.location;
}

async function installOllama(goal: Goal, context: Context): Promise<Pick<Selection, "ollama" | "noOllama">> {
  const get = goal === "tests" ? ensureIfPossible : locate;
  const program = await get(ollamaProgram, context);
  if (program instanceof PartUnavailable) return { noOllama: program.message };
  const chat = program && (await get(chatModel, context));
  if (chat instanceof PartUnavailable) return { noOllama: chat.message };
  const models = chat && (await get(embeddingModel, context));
  if (models instanceof PartUnavailable) return { noOllama: models.message };
  return program && models ? { ollama: { program: program.location, models: models.location } } : {};
}

async function installOtherMachine(context: Context): Promise<Pick<Selection, "otherMachine" | "noOtherMachine">> {
  const found = await ensureIfPossible(otherMachine, context);
  return found instanceof PartUnavailable ? { noOtherMachine: found.message } : { otherMachine: found.location };
}

/** Only tests need it. */
async function installBrowser(goal: Goal, context: Context): Promise<Pick<Selection, "browser" | "noBrowser">> {
  const found = await (goal === "tests" ? ensureIfPossible : locate)(chromium, context);
  return found instanceof PartUnavailable ? { noBrowser: found.message } : { browser: found?.location };
}

async function installOpenSearch(goal: Goal, context: Context): Promise<OpenSearchParts> {
  if (goal === "stack") {
    const home = await locate(opensearchHome, context);
    const jdk = await findJdk();
    return home && jdk ? { opensearch: { home: home.location, java: jdk.home } } : {};
  }
  const [current, older] = [
    await runnable(opensearchHome, opensearch36, context),
    // Only the long suite needs it, and it is a download of 434 MB.
    process.env.TEST_ALL === "1" ? await runnable(olderOpensearchHome, opensearch219, context) : undefined,
  ];
  return {
    ...(current instanceof PartUnavailable ? { noOpenSearch: current.message } : { opensearch: current }),
    ...(older instanceof PartUnavailable ? { noOpenSearch: older.message } : { olderOpensearch: older }),
  };
}

type OpenSearchParts = Pick<Selection, "opensearch" | "olderOpensearch" | "noOpenSearch">;

/** An OpenSearch home with a Java that runs it, or the reason why this machine can't have them. */
async function runnable(part: Part, { java }: OpenSearchRelease, context: Context) {
  try {
    const jdk = await requireJdk(java);
    const { location } = await ensure(part, context);
    return { home: location, java: jdk.home };
  } catch (error) {
    if (error instanceof PartUnavailable) return error;
    throw error;
  }
}

type Outcome = Resolved | PartUnavailable | undefined;

async function describeImages(
  engine: Outcome,
  opensearch: Outcome,
  ollama: Outcome,
  haproxy: string | undefined,
): Promise<Pick<Selection, "images" | "adaptedSecurity" | "noDocker" | "dockerHost">> {
  for (const part of [engine, opensearch, ollama]) {
    if (part instanceof PartUnavailable) return { noDocker: part.message };
  }
  if (!opensearch || !ollama || opensearch instanceof PartUnavailable || ollama instanceof PartUnavailable) return {};
  const [dockerHost, adaptedSecurity] = await Promise.all([daemonAddress(), adaptedSecurityIn(opensearch.location)]);
  const images = { opensearch: opensearch.location, ollama: ollama.location, haproxy };
  return { images, adaptedSecurity, dockerHost };
}
