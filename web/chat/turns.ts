import * as z from "zod/mini";
import { measuresSchema, problemSchema, sourceSchema } from "../protocol";

/** One question with its answer, as far as it has come. */
const turnSchema = z.object({
  id: z.string(),
  question: z.string(),
  answer: z.string(),
  state: z.enum(["waiting", "writing", "done", "stopped", "failed"]),
  thinking: z.nullable(z.string()),
  remarks: z.array(z.string()),
  fromDocuments: z.boolean(),
  sources: z.array(sourceSchema),
  cited: z.array(z.number()),
  measures: z.nullable(measuresSchema),
  problem: z.nullable(problemSchema),
});

export type Turn = z.infer<typeof turnSchema>;

export function newTurn(question: string, fromDocuments: boolean): Turn {
  const empty = { answer: "", thinking: null, remarks: [], sources: [], cited: [], measures: null, problem: null };
  return { id: newId(), question, fromDocuments, state: "waiting", ...empty };
}

/** `crypto.randomUUID` is only there on this machine or over TLS. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].join("-");
}

export function isRunning({ state }: Turn): boolean {
  return state === "waiting" || state === "writing";
}

export type Action =
  | { readonly type: "asked"; readonly turn: Turn }
  | { readonly type: "came"; readonly id: string; readonly text: string }
  | { readonly type: "changed"; readonly id: string; readonly change: Partial<Turn> }
  | { readonly type: "removed"; readonly id: string }
  | { readonly type: "cleared" };

export function afterAction(turns: readonly Turn[], action: Action): readonly Turn[] {
  const withChange = (id: string, change: (turn: Turn) => Partial<Turn>) =>
    turns.map((turn) => (turn.id === id ? { ...turn, ...change(turn) } : turn));
  switch (action.type) {
    case "asked":
      return [...turns, action.turn];
    case "came":
      return withChange(action.id, ({ answer }) => ({ state: "writing", answer: answer + action.text }));
    case "changed":
      return withChange(action.id, () => action.change);
    case "removed":
      return turns.filter(({ id }) => id !== action.id);
    case "cleared":
      return [];
  }
}

/** The conversation is kept as long as the tab, over reloads. */
const KEY = "ollama-chat.turns";

export function keepTurns(turns: readonly Turn[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(turns));
  } catch {
    // The conversation is larger than the browser keeps. It goes on, and a reload loses it.
  }
}

/** The conversation of this tab. A reload cuts an answer off. */
export function keptTurns(): readonly Turn[] {
  const kept = z.array(turnSchema).safeParse(parsed(sessionStorage.getItem(KEY) ?? "[]"));
  const turns = kept.success ? kept.data : [];
  return turns.map((turn) => (isRunning(turn) ? { ...turn, state: "stopped" } : turn));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
