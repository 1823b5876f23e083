import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { folded, rendered } from "../../../../cli/commands/doctor/render";
import type { CheckResult } from "../../../../cli/commands/doctor/run-checks";
import { Output } from "../../../../cli/output";

const output = (isTTY = false) => {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return new Output(false, { out: stream, err: stream });
};

const one = (id: string, more: Partial<CheckResult> = {}): CheckResult => {
  return { id, title: id, group: "Ollama", status: "ok", seen: "fine", ...more };
};
const skipped = (id: string) => one(id, { status: "skipped", seen: "waits for: speed" });

describe("the report", () => {
  it("has a line a check, what is wrong with cause and fix below it, and a count", () => {
    const broken = one("speed", {
      status: "fail",
      seen: "2.0 tokens/s",
      symptom: "slow-answers",
      cause: "The processor is too weak or too busy for this model; without a GPU its speed falls.",
      fix: "Choose a smaller model.",
      repair: { id: "r", action: "do this", run: async () => undefined },
    });
    expect(rendered([one("version"), broken, skipped("a"), skipped("b"), skipped("c")], output())).toBe(
      [
        "Ollama",
        "  ok   version               fine",
        "  FAIL speed                 2.0 tokens/s",
        "       cause: The processor is too weak or too busy for this model; without a",
        "              GPU its speed falls.",
        "       fix:   Choose a smaller model.",
        "  -    3 checks skipped      waits for: speed",
        "",
        "5 checks: 1 ok, 1 wrong, 3 skipped.",
        "With --fix, doctor will do this.",
      ].join("\n"),
    );
  });

  it("two that are skipped for one reason still have a line each", () => {
    expect(
      rendered([skipped("a"), skipped("b")], output())
        .split("\n")
        .slice(1, 3),
    ).toEqual(["  -    a                     waits for: speed", "  -    b                     waits for: speed"]);
  });

  it("on a terminal has marks", () => {
    expect(rendered([one("version")], output(true))).toContain("✔");
  });

  it("lets no server steer the terminal", () => {
    const text = rendered([one("version", { seen: "\u001b]0;owned\u0007 fine" })], output());
    expect(text.split("\n")[1]).toBe("  ok   version               ]0;owned fine");
  });
});

describe("folding", () => {
  it("breaks between words, and never between a number and its unit", () => {
    expect(folded("it took 10 ms and 2 GB", 12)).toEqual(["it took", "10 ms and", "2 GB"]);
  });

  it("leaves a word that is too long whole", () => {
    expect(folded("a http://a.very.long.url/ b", 10)).toEqual(["a", "http://a.very.long.url/", "b"]);
  });
});
