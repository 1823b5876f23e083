import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../../support/documents/document";

interface Import {
  readonly from: string;
  readonly to: string;
}

describe("the rooms of docs/architecture.md", () => {
  const rooms = roomsOf(readFileSync(join(repository, "docs", "architecture.md"), "utf8"));
  const imports = [...rooms.keys()].filter((room) => room !== "providers/dynamic").flatMap(importsOf);

  it("each folder of sources has a row", () => {
    const { include } = JSON.parse(readFileSync(join(repository, "tsconfig.json"), "utf8")) as { include: string[] };
    const hasRow = (place: string) => [...rooms.keys()].some((room) => room === place || room.startsWith(`${place}/`));
    expect(include.filter((place) => !hasRow(place))).toEqual([]);
  });

  it("imports go only where the table lets them", () => {
    const wrong = imports.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      const allowed = rooms.get(own) ?? [];
      return own !== other && !allowed.includes("everything") && !allowed.includes(other);
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  it("only what stands at the edge of Pulumi imports its machinery", () => {
    const inside = imports.filter(
      ({ from, to }) => to.startsWith("providers/dynamic/") && !from.startsWith("providers/dynamic/"),
    );
    const edges =
      /^(providers\/[^/]+\/(resource|provider)|providers\/shared\/connection-args|providers\/connector\/preset-inputs|components\/.*|tools\/bench\/.*)\.ts$/;
    expect(inside.filter(({ from }) => !edges.test(from)).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

/** Room by the names in the first cell of its row; what it may import from the last. */
function roomsOf(page: string): Map<string, string[]> {
  const table = page.slice(page.indexOf("| folder"), page.indexOf("A lifecycle knows nothing"));
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  const names = (cell = "") => [...cell.matchAll(/`([\w./-]+?)\/?`/g)].map(([, name = ""]) => name);
  return new Map(
    rows.flatMap((row) => {
      const cells = row.split("|").slice(1, -1);
      const last = cells.at(-1)?.trim() ?? "";
      const allowed = last === "everything" ? ["everything"] : names(last);
      return names(cells[0]).map((room): [string, string[]] => [room, allowed]);
    }),
  );
}

/** The two tools are rooms of their own. */
const roomOf = (file: string): string =>
  file
    .split("/")
    .slice(0, file.startsWith("tools/") ? 2 : 1)
    .join("/");

function importsOf(room: string): Import[] {
  if (/^(test|examples|docs)(\/|$)/.test(room)) return [];
  const files = /\.c?[jt]s$/.test(room)
    ? [room]
    : readdirSync(join(repository, room), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => `${room}/${name}`);
  return files.flatMap((from) => {
    const text = readFileSync(join(repository, from), "utf8");
    const targets = [...text.matchAll(/(?:from|import\(|require\()\s*"(\.[^"]+)"/g)];
    return targets.map(([, target = ""]) => {
      const to = normalize(join(dirname(from), target)).replace(/\.js$/, "");
      return { from, to: to.includes("/") || !to.endsWith("lib") ? to : "lib.ts" };
    });
  });
}
