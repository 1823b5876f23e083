import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf } from "../../../diagnosis/failure";
import { DOCUMENT_ENDINGS, kindOf } from "../../../rag/documents";
import { listDocuments, removeDocument } from "../../../rag/indexed";
import { ingest } from "../../../rag/ingest";
import { type Documents, type IngestEvent, MAX_UPLOAD_BYTES, type removalSchema } from "../../../web/protocol";
import type { Access } from "../../access/access";
import { embeddingModelOf, findIndex } from "../rag/find-index";
import { Refusal } from "./refusal";
import { bodyOf } from "./request-body";

/** The folder that uploaded documents count as coming from. */
const UPLOADS = "uploaded";
const MAX_FILES = 500;

export async function documentsOf(access: Access): Promise<Documents> {
  const { server, index } = await findIndex(access);
  const documents = await listDocuments(server, index.name);
  return {
    index: index.name,
    embeddingModel: index.embeddingModel,
    documents: documents.map(({ root = null, source, passages }) => ({ root, source, passages })),
  };
}

export async function removed(access: Access, { root, source }: Removal): Promise<{ passages: number }> {
  const { server, index } = await findIndex(access);
  return { passages: await removeDocument(server, index.name, { root: root ?? undefined, source }) };
}

type Removal = ReturnType<typeof removalSchema.parse>;

/** A file of an upload: its path, and what is in it. */
interface UploadedFile {
  readonly path: string;
  readonly file: File;
}

/**
 * The files of a form.
 *
 * @throws Refusal if it is too large, or no form.
 */
export async function uploadedFiles(request: IncomingMessage): Promise<UploadedFile[]> {
  const body = await bodyOf(request, MAX_UPLOAD_BYTES);
  const type = request.headers["content-type"] ?? "";
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } })
    .formData()
    .catch(() => undefined);
  const files = [...(form?.values() ?? [])].flatMap((file) => {
    return file instanceof File ? [{ path: file.name, file }] : [];
  });
  if (files.length === 0 || files.length > MAX_FILES) throw notUsable(files.length);
  return files;
}

/** Ingests files as `rag ingest --keep` does, from a folder that is gone afterwards. */
export async function ingestUploaded(
  access: Access,
  files: readonly UploadedFile[],
  send: (event: IngestEvent) => void,
): Promise<void> {
  const found = await findIndex(access);
  const embeddingModelId = embeddingModelOf(access, found.index);
  const folder = await mkdtemp(join(tmpdir(), "ollama-chat-upload-"));
  try {
    const refused: string[] = [];
    for (const { path, file } of files) {
      const problem = pathProblem(path) ?? (await written(join(folder, path), file));
      if (problem !== undefined) refused.push(`${path}: ${problem}`);
    }
    if (refused.length === files.length) return send({ type: "done", files: 0, unchanged: 0, written: 0, refused });
    const report = await ingest({
      ...found,
      embeddingModelId,
      folder,
      root: UPLOADS,
      others: "keep",
      onProgress: ({ done, total, source }) => send({ type: "progress", done, total, source }),
    });
    refused.push(...report.skipped.map(({ source, reason }) => `${source}: ${reason}`));
    refused.push(...report.failures.map(({ source, position, reason }) => `${source}, passage ${position}: ${reason}`));
    const { files: taken, unchanged, written: passages } = report;
    send({ type: "done", files: taken, unchanged, written: passages, refused });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MAX_NAME_BYTES = 255;
const MAX_PATH_LENGTH = 1_000;
/** Not in any folder's name, or not readable again. */
const FORBIDDEN = /[\\\p{C}]/u;

/** Why a path of an upload is not taken. Nothing is ever written outside the folder of the upload. */
export function pathProblem(path: string): string | undefined {
  const parts = path.split("/");
  if (path.length > MAX_PATH_LENGTH || FORBIDDEN.test(path)) return "has a name that cannot be used";
  if (parts.some((part) => part === "" || part === "..")) return "has a path that leads elsewhere";
  if (parts.some((part) => part.startsWith(".") || part === "node_modules")) return "is hidden";
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) return "has a name that is too long";
  if (kindOf(path) === undefined) return `is of another kind; only ${DOCUMENT_ENDINGS.join(", ")} are read`;
  return undefined;
}

async function written(path: string, file: File): Promise<string | undefined> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, new Uint8Array(await file.arrayBuffer()));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function notUsable(files: number): Refusal {
  return new Refusal(400, {
    what: files === 0 ? "The upload holds no file." : `The upload holds ${files} files, more than ${MAX_FILES}.`,
    cause: "A form with one or more files is expected, and each upload is bounded.",
    fix: "Choose fewer files at a time; for whole folders there is ollama-chat rag ingest.",
  });
}
