import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pathOfFolder, readDocuments } from "../../../rag/documents";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "documents-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const NULS = "contains null characters, so it is not text";
const OTHER_ENCODING = "is neither UTF-8 nor UTF-16 text; save it as UTF-8";

describe("the path of a folder", () => {
  it("is the same by every way that leads to it", async () => {
    write("docs/a.md", "text");
    symlinkSync(join(folder, "docs"), join(folder, "link"));
    const path = await pathOfFolder(join(folder, "docs"));
    expect(path.endsWith("/docs")).toBe(true);
    for (const other of ["docs/", "docs/.", "docs/../docs", "link", "link/"]) {
      expect(await pathOfFolder(`${folder}/${other}`)).toBe(path);
    }
  });
});

describe("the documents of a folder", () => {
  it("are its Markdown and text files, in the order of their paths, below it too", async () => {
    for (const path of [
      "b.md",
      "a/z.TXT",
      "a/y.markdown",
      "picture.png",
      "page.html",
      ".git/x.md",
      "node_modules/m.md",
    ]) {
      write(path, "text");
    }
    write("Makefile", "text");
    write("a/b.PDF", "text");
    write("a/c.pdf", "text");
    const { documents, skipped, otherKinds } = await readDocuments(folder);
    expect(documents.map(({ source }) => source)).toEqual(["a/y.markdown", "a/z.TXT", "b.md"]);
    expect(skipped).toEqual([]);
    expect(otherKinds).toEqual({ ".png": 1, ".html": 1, ".pdf": 2, "without ending": 1 });
  });

  it("come as text with plain line ends, whatever Unicode form they are in", async () => {
    const text = "Grüße\nans Meer";
    write("utf8.txt", `\ufeff${text.replace("\n", "\r\n")}`);
    write("utf16.txt", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]));
    const { documents } = await readDocuments(folder);
    expect(documents.map((document) => document.text)).toEqual([text, text]);
    expect(documents[0]?.hash).toBe(documents[1]?.hash);
  });

  it("leave out what is no text, is empty or too large, and say so", async () => {
    write("binary.md", Buffer.from([0x00, 0x01, 0x02]));
    write("latin1.md", Buffer.from([0x47, 0xfc]));
    write("odd.md", Buffer.from([0xff, 0xfe, 0x47]));
    write("utf32.md", Buffer.from([0xff, 0xfe, 0, 0, 0x47, 0, 0, 0]));
    write("empty.md", " \n");
    write("large.md", "x".repeat(11));
    const { documents, skipped } = await readDocuments(folder, { maxBytes: 10 });
    expect(documents).toEqual([]);
    expect(skipped).toEqual([
      { source: "binary.md", reason: NULS, unread: true },
      { source: "empty.md", reason: "is empty", unread: false },
      { source: "large.md", reason: "has 11 bytes, more than 10", unread: true },
      { source: "latin1.md", reason: OTHER_ENCODING, unread: true },
      { source: "odd.md", reason: OTHER_ENCODING, unread: true },
      { source: "utf32.md", reason: NULS, unread: true },
    ]);
  });

  it("are not followed out of the folder by a symbolic link", async () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    writeFileSync(join(outside, "secret.md"), "secret");
    symlinkSync(join(outside, "secret.md"), join(folder, "link.md"));
    symlinkSync(outside, join(folder, "folder"));
    symlinkSync(outside, join(folder, "folder.md"));
    symlinkSync(join(outside, "none"), join(folder, "lost"));
    write("picture.png", "");
    symlinkSync("picture.png", join(folder, "link.png"));
    const { documents, skipped } = await readDocuments(folder);
    rmSync(outside, { recursive: true });
    expect(documents).toEqual([]);
    expect(skipped).toEqual([
      { source: "folder/", reason: "is a symbolic link to a folder", unread: true },
      { source: "folder.md/", reason: "is a symbolic link to a folder", unread: true },
      { source: "link.md", reason: "is a symbolic link", unread: true },
      { source: "lost", reason: "is a broken symbolic link", unread: true },
    ]);
  });

  it("cannot be read where the folder is missing or a file, and the error says which", async () => {
    await expect(readDocuments(join(folder, "none"))).rejects.toThrow(
      `The folder ${folder}/none cannot be read: ENOENT: no such file or directory, stat '${folder}/none'`,
    );
    write("file.md", "text");
    await expect(readDocuments(join(folder, "file.md"))).rejects.toThrow(`${folder}/file.md is a file, not a folder.`);
  });
});
