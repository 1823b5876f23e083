import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownerHash, SAFE_TEXT } from "../../../../providers/shared/auto-name";
import { backend, backendFolder } from "../../../../providers/shared/backend";
import {
  descriptionOf,
  markOf,
  newInstance,
  parseDescription,
  stackMark,
} from "../../../../providers/shared/ownership";
import { hasOtherObject, isInState, rememberObject } from "../../../../providers/shared/run-memory";

const OWNER = "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:ModelGroup::g";

describe("the backend that a process works for", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backend-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const of = (environment: Record<string, string>, project?: string, login?: string) => {
    const home = join(folder, "home");
    mkdirSync(home, { recursive: true });
    if (login !== undefined) writeFileSync(join(home, "credentials.json"), login);
    const deep = join(folder, "project", "dist");
    mkdirSync(deep, { recursive: true });
    if (project !== undefined) writeFileSync(join(folder, "project", "Pulumi.yaml"), project);
    return backend({ environment: { PULUMI_HOME: home, ...environment }, folder: deep });
  };

  it("is that of PULUMI_BACKEND_URL before that of the project, and that before the login", () => {
    const project = "name: chat\nruntime: nodejs\nbackend:\n  url: s3://of-project\n";
    const login = JSON.stringify({ current: "https://api.pulumi.com/", accessTokens: {} });
    expect(of({ PULUMI_BACKEND_URL: "gs://of-environment" }, project, login)).toBe("gs://of-environment");
    expect(of({}, project, login)).toBe("s3://of-project");
    expect(of({}, "name: chat\nruntime: nodejs\n", login)).toBe("https://api.pulumi.com");
  });

  it("is a folder of this machine where the state is in files", () => {
    expect(of({ PULUMI_BACKEND_URL: "file://~" })).toBe(`file://${hostname()}${homedir()}`);
    expect(of({ PULUMI_BACKEND_URL: "file:///srv/state/" })).toBe(`file://${hostname()}/srv/state`);
    expect(of({ PULUMI_BACKEND_URL: "file:///srv/state?no_tmp_dir=true" })).toBe(`file://${hostname()}/srv/state`);
    expect(of({ PULUMI_BACKEND_URL: "file:///srv/other" })).not.toBe(of({ PULUMI_BACKEND_URL: "file:///srv/state" }));
  });

  it.each([
    ["file://~/states", join(homedir(), "states")],
    ["file:///var/states", "/var/states"],
    ["file://./states", "/project/states"],
    ["https://api.pulumi.com", undefined],
  ])("has in %s the folder %s", (url, path) => {
    expect(backendFolder({ environment: { PULUMI_BACKEND_URL: url }, folder: "/project" })).toBe(path);
  });

  it.each([
    ["no file at all", undefined, undefined],
    ["a project that is no YAML", ": :\n  - {", undefined],
    ["a project whose backend is no object", "backend: s3://x", undefined],
    ["a login that is no JSON", undefined, "{"],
    ["a login without a current one", undefined, "{}"],
  ])("is unknown, and no error, with %s", (_what, project, login) => {
    expect(of({}, project, login)).toBe("");
  });
});

describe("the mark of a stack", () => {
  it("differs by stack, project, organization and backend, and by nothing else", () => {
    const marks = [
      stackMark({ owner: OWNER }, "s3://a"),
      stackMark({ owner: OWNER }, "s3://b"),
      stackMark({ owner: OWNER, ownerOrganization: "acme" }, "s3://a"),
      stackMark({ owner: OWNER.replace(":dev:", ":prod:") }, "s3://a"),
      stackMark({ owner: OWNER.replace(":chat:", ":rag:") }, "s3://a"),
    ];
    expect(new Set(marks).size).toBe(marks.length);
    expect(stackMark({ owner: OWNER.replace("::g", "::other") }, "s3://a")).toBe(marks[0]);
    expect(marks[0]).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe("a description with a mark", () => {
  it("reads as it was written, whatever the program says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (description) => {
        const mark = markOf({ owner: OWNER }, newInstance());
        const text = descriptionOf({ owner: OWNER, description }, mark);
        expect(parseDescription(text)).toStrictEqual({ description, mark });
      }),
    );
  });

  it("holds only what the server accepts", () => {
    expect(descriptionOf({ owner: OWNER }, markOf({ owner: OWNER }, newInstance()))).toMatch(SAFE_TEXT);
  });

  it("names the resource and its stack where the program describes nothing", () => {
    const text = descriptionOf(
      { owner: OWNER },
      { stack: "01234567", owner: ownerHash(OWNER), instance: "0123456789ab" },
    );
    expect(text).toBe(`Managed by Pulumi: g of chat/dev (Pulumi 01234567/${ownerHash(OWNER)}/0123456789ab)`);
  });

  it("is the program's alone where nobody is named as owner", () => {
    expect(descriptionOf({ description: "mine" }, markOf({}, newInstance()))).toBe("mine");
    expect(parseDescription("mine")).toStrictEqual({ description: "mine" });
    expect(parseDescription(undefined)).toStrictEqual({ description: undefined });
  });

  it("of releases up to 0.2 is known by its owner", () => {
    const text = `Managed by Pulumi: g of chat/dev, owner ${ownerHash(OWNER)}`;
    expect(parseDescription(text)).toStrictEqual({ description: text, mark: { owner: ownerHash(OWNER) } });
  });
});

describe("what a run remembers", () => {
  it("tells another object of the same resource, under a former name too", () => {
    rememberObject("urn:new", "old-id");
    expect(hasOtherObject("urn:former", "old-id")).toBe(false);
    rememberObject("urn:new", "new-id");
    expect(hasOtherObject("urn:former", "old-id")).toBe(true);
    expect(hasOtherObject("urn:other", "x")).toBe(false);
    expect(isInState("new-id")).toBe(true);
    expect(isInState("x")).toBe(false);
  });
});
