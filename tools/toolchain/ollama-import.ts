import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { sha256OfFile } from "./download";
import { ToolchainError } from "./failure";

/**
 * Creates a model from a folder of safetensors on a running Ollama, over its API. `ollama create` sends only base
 * names: of two files named config.json one would replace the other, and the model's architecture would be unknown
 * (0.17.4).
 *
 * @param address host and port of the server.
 */
export async function importModel(address: string, name: string, folder: string, log: (line: string) => void) {
  const files: Record<string, string> = {};
  for (const path of filesBelow(folder)) {
    const file = join(folder, path);
    const digest = `sha256:${await sha256OfFile(file)}`;
    await upload(address, digest, file);
    files[path.split(sep).join("/")] = digest;
  }
  const body = JSON.stringify({ model: name, files });
  const answer = await fetch(`http://${address}/api/create`, { method: "POST", body });
  const lines = (await answer.text()).split("\n").filter(Boolean);
  for (const line of lines) log(line);
  const last = statusLine.safeParse(JSON.parse(lines.at(-1) ?? "{}"));
  if (answer.ok && last.success && last.data.status === "success") return;
  throw new ToolchainError(
    `Ollama could not create ${name} from its weights: ${lines.at(-1) ?? `status ${answer.status}`}`,
  );
}

const statusLine = z.object({ status: z.string() });

/** The files of a model. Others in the folder are documentation. */
const WANTED = /^(?:[^/\\]*\.json|vocab\.txt|model\.safetensors|1_Pooling[/\\]config\.json)$/;

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.filter((file) => WANTED.test(file)).sort();
}

async function upload(address: string, digest: string, file: string): Promise<void> {
  const url = `http://${address}/api/blobs/${digest}`;
  if ((await fetch(url, { method: "HEAD" })).ok) return;
  const answer = await fetch(url, { method: "POST", body: readFileSync(file) });
  if (!answer.ok) throw new ToolchainError(`Ollama refused ${file}: ${answer.status} ${await answer.text()}`);
}
