import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run test:chaos [-- options]

  --trials N       how many kills under the quick engine (260); the other parts grow and shrink with it
  --seed S         what is drawn depends on it alone (by default on the day)
  --part ID        only this part; may be given again
  --replay ID:S    one trial once more, by its part and its own seed
  --json FILE      the results, for programs
  --write FILE     the table into a page, between <!-- chaos:table --> and <!-- /chaos:table -->

OLLAMA_CHAT_TEST_OPENSEARCH names an OpenSearch to use, on which everything is wiped; without it one is started.`;

export const USUAL_TRIALS = 260;

export interface Options {
  readonly trials: number;
  readonly seed: number;
  readonly parts: readonly string[];
  readonly replay?: { readonly part: string; readonly seed: number };
  readonly json?: string;
  readonly write?: string;
}

/** The options, or an error message. */
export function readOptions(args: string[], known: readonly string[], today: number): Options | string {
  const { values } = parseArgs({
    args,
    options: {
      trials: { type: "string" },
      seed: { type: "string" },
      part: { type: "string", multiple: true, default: [] },
      replay: { type: "string" },
      json: { type: "string" },
      write: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return USAGE;
  const trials = Number(values.trials ?? USUAL_TRIALS);
  if (!Number.isInteger(trials) || trials < 1) return `--trials ${values.trials}: give a whole number of 1 or more.`;
  const seed = Number(values.seed ?? today);
  if (!Number.isInteger(seed) || seed < 0) return `--seed ${values.seed}: give a whole number.`;
  const [, part = "", own = ""] = /^(.+):(\d+)$/.exec(values.replay ?? "") ?? [];
  if (values.replay !== undefined && part === "") return `--replay ${values.replay}: give PART:SEED.`;
  const unknown = [...values.part, ...(part === "" ? [] : [part])].filter((id) => !known.includes(id));
  if (unknown.length > 0) return `There is no part ${unknown.join(", ")}. There are ${known.join(", ")}.`;
  const { json, write } = values;
  return {
    trials,
    seed,
    parts: values.part.length > 0 ? values.part : known,
    ...(part === "" ? {} : { replay: { part, seed: Number(own) } }),
    ...(json === undefined ? {} : { json }),
    ...(write === undefined ? {} : { write }),
  };
}
