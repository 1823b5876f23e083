#!/usr/bin/env node
// Draws a command's terminal output as an SVG. The command really runs, in a pseudo-terminal of `script` (util-linux), so
// the picture shows what a user sees. The same output gives the same picture, byte for byte.
//
//   node tools/docs/terminal-picture.mjs --run "npx ollama-chat ask 'Why is the sky blue?'" docs/pictures/ask.svg
//   node tools/docs/terminal-picture.mjs --from recording.txt docs/pictures/ask.svg
//
//   --run COMMAND      run this in a pseudo-terminal and draw what it shows
//   --from FILE        draw a recording instead, such as `script -qec "COMMAND" FILE` makes
//   --save FILE        keep the recording
//   --show COMMAND     the command line to show above the output (default: the one of --run; "" for none)
//   --columns N        width of the terminal (90)
//   --type FILE        for a program that asks: JSON list of {"after": "text on screen", "send": "keys"}, in order
//   --title TEXT       in the window's bar (the command's first word)
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { screenOf } from "./terminal-screen.mjs";

const THEME = {
  window: "#16181d",
  bar: "#22252c",
  text: "#d7dae0",
  black: "#3b4048",
  red: "#ff7b72",
  green: "#7ee787",
  yellow: "#e3b341",
  blue: "#79c0ff",
  magenta: "#d2a8ff",
  cyan: "#56d4dd",
  white: "#d7dae0",
  "bright-black": "#7d8590",
  "bright-red": "#ffa198",
  "bright-green": "#a5f0ab",
  "bright-yellow": "#f2cc60",
  "bright-blue": "#a5d6ff",
  "bright-magenta": "#e2c5ff",
  "bright-cyan": "#86e8ee",
  "bright-white": "#ffffff",
};
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const FONT_SIZE = 14;
const CELL = { width: 8.4, height: 19 };
const MARGIN = 16;
const BAR = 34;
/** Opacity of dimmed text. */
const DIM_OPACITY = 0.6;

/** @returns {string} the picture of a screen that shows `output` */
export function pictureOf(output, { columns = 90, command = "", title = "" } = {}) {
  const shown = command === "" ? output : `\x1b[32m$\x1b[0m \x1b[1m${command}\x1b[0m\r\n${output}`;
  const rows = screenOf(shown, columns);
  const width = MARGIN * 2 + columns * CELL.width;
  const height = BAR + MARGIN * 2 + rows.length * CELL.height;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (colour, i) => `<circle cx="${20 + i * 20}" cy="${BAR / 2}" r="6" fill="${colour}"/>`,
  );
  const size = `width="${number(width)}" height="${number(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${number(width)} ${number(height)}" role="img" aria-label="${escaped(title)}">`,
    "<style>text { white-space: pre }</style>",
    `<g font-family="${FONT}" font-size="${FONT_SIZE}" fill="${THEME.text}">`,
    `<rect ${size} rx="10" fill="${THEME.window}"/>`,
    `<path d="M0 ${BAR} V10 Q0 0 10 0 H${number(width - 10)} Q${number(width)} 0 ${number(width)} 10 V${BAR} Z" fill="${THEME.bar}"/>`,
    ...dots,
    `<text x="${number(width / 2)}" y="${BAR / 2 + 5}" text-anchor="middle" fill-opacity="0.7">${escaped(title)}</text>`,
    ...rows.flatMap((row, i) => lineOf(row, BAR + MARGIN + i * CELL.height)),
    "</g></svg>",
    "",
  ].join("\n");
}

function lineOf(row, top) {
  const runs = runsOf(row);
  return runs.flatMap(({ text, column, columns, style }) => {
    const [ink, paper] = style.inverse
      ? [style.background ?? THEME.window, style.foreground ?? THEME.text]
      : [style.foreground, style.background];
    const x = MARGIN + column * CELL.width;
    const width = number(columns * CELL.width);
    const drawn = [];
    if (paper !== undefined) {
      drawn.push(
        `<rect x="${number(x)}" y="${top}" width="${width}" height="${CELL.height}" fill="${colour(paper)}"/>`,
      );
    }
    if (text.trim() === "") return drawn;
    const attributes = [
      `x="${number(x)}" y="${top + FONT_SIZE}" textLength="${width}"`,
      ink && `fill="${colour(ink)}"`,
      style.bold && 'font-weight="bold"',
      style.dim && `fill-opacity="${DIM_OPACITY}"`,
      style.italic && 'font-style="italic"',
      style.underline && 'text-decoration="underline"',
    ].filter(Boolean);
    drawn.push(`<text ${attributes.join(" ")}>${escaped(text)}</text>`);
    return drawn;
  });
}

/** Joins neighbours of one style into one run. Gaps of two or more spaces separate runs, so that columns stay aligned. */
function runsOf(row) {
  const runs = [];
  let column = 0;
  for (const cell of row) {
    if (cell.text === "") continue;
    const last = runs.at(-1);
    const same = last && last.key === JSON.stringify(cell.style) && last.column + last.columns === column;
    const gap = last && cell.text !== " " && / {2,}$/.test(last.text);
    if (same && !gap) {
      last.text += cell.text;
      last.columns += cell.width;
    } else {
      const key = JSON.stringify(cell.style);
      runs.push({ text: cell.text, column, columns: cell.width, style: cell.style, key });
    }
    column += cell.width;
  }
  return runs.map(withoutOuterSpace);
}

function withoutOuterSpace(run) {
  if (run.style.background || run.style.inverse || run.style.underline) return run;
  const ended = run.text.trimEnd();
  const text = ended.trimStart();
  const before = ended.length - text.length;
  const columns = run.columns - (run.text.length - text.length);
  return { ...run, text, column: run.column + before, columns };
}

function colour(name) {
  return THEME[name] ?? name;
}

function number(value) {
  return String(Math.round(value * 100) / 100);
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Runs a command in a pseudo-terminal, types the given keys, and resolves to its whole output. */
export function record(command, { columns = 90, steps = [] } = {}) {
  const inside = `stty cols ${columns} rows 50; ${command}`;
  const child = spawn("script", ["-qfec", inside, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", FORCE_COLOR: undefined, NO_COLOR: undefined },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let seenUntil = 0;
  const waiting = [...steps];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const found = stripVTControlCharacters(output).indexOf(next.after, seenUntil);
      if (found < 0) return;
      seenUntil = found + next.after.length;
      waiting.shift();
      child.stdin.write(next.send);
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      run: { type: "string" },
      from: { type: "string" },
      save: { type: "string" },
      show: { type: "string" },
      columns: { type: "string", default: "90" },
      type: { type: "string" },
      title: { type: "string" },
    },
  });
  const [target] = positionals;
  if (target === undefined || (values.run === undefined) === (values.from === undefined)) {
    throw new Error("Give --run COMMAND or --from FILE, and the SVG to write. The head of this file shows more.");
  }
  const columns = Number(values.columns);
  const steps = values.type === undefined ? [] : JSON.parse(readFileSync(values.type, "utf8"));
  const output = values.run ? await record(values.run, { columns, steps }) : readFileSync(values.from, "utf8");
  if (values.save !== undefined) writeFileSync(values.save, output);
  const command = values.show ?? values.run ?? "";
  const title = values.title ?? command.split(" ")[0];
  writeFileSync(target, pictureOf(output, { columns, command, title }));
}

if (import.meta.filename === process.argv[1]) await main();
