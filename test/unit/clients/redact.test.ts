import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, rememberSecrets } from "../../../clients/redact";
import { report, reportingTo } from "../../../clients/report";

describe("redact", () => {
  it("hides a secret wherever it stands", () => {
    expect(redact("user admin with hunter2 at https://admin:hunter2@h", ["hunter2"])).toBe(
      "user admin with [secret] at https://[secret]@h",
    );
  });

  it("hides its JSON, URL and base64 forms", () => {
    const secret = 'p"ass/w=örd';
    const text = [
      JSON.stringify({ a: secret }),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
    ].join(" ");
    expect(redact(text, [secret])).toBe('{"a":"[secret]"} [secret] [secret]');
  });

  it("hides it in a basic-authentication header", () => {
    const header = `Basic ${Buffer.from("admin:Hunter2-Hunter2").toString("base64")}`;
    expect(redact(header, ["Hunter2-Hunter2", "admin:Hunter2-Hunter2"])).toBe("Basic [secret]");
  });

  it("hides the longer of two secrets that begin alike", () => {
    expect(redact("hunter22", ["hunter2", "hunter22"])).toBe("[secret]");
  });

  it("hides what this process has met before, in lines for people too", () => {
    rememberSecrets(["canary-of-another-resource", undefined, 7, "abc"]);
    expect(redact("key canary-of-another-resource is wrong, abc 7", [])).toBe("key [secret] is wrong, abc 7");
    const lines: string[] = [];
    reportingTo(
      (line) => lines.push(line),
      () => report("still: canary-of-another-resource"),
    );
    expect(lines).toStrictEqual(["still: [secret]"]);
  });

  it("leaves ordinary words alone: nothing, empty and very short secrets hide nothing", () => {
    expect(redact("a text", [undefined, "", "a", "tex"])).toBe("a text");
  });

  it("no known secret of four characters or more is left, whatever it is made of", () => {
    const secret = fc.string({ minLength: 4, maxLength: 30 }).filter((text) => !"[secret]".includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
        return !redact(`${before}${text}${after}`, [text]).replaceAll("[secret]", "\0").includes(text);
      }),
    );
  });
});
