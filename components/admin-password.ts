import * as pulumi from "@pulumi/pulumi";
import zxcvbn from "zxcvbn";

/**
 * What OpenSearch's installer asks of the first admin password (`PasswordValidator` of its security plugin, the same
 * from 2.12 to 3.8). It answers with its exit at each start of the container, so whoever hears of it first is we.
 */
const LEAST = 8;
const MOST = 100;
const SCORE = 3;
const KINDS = [
  ["lower-case letter", /[a-z]/],
  ["upper-case letter", /[A-Z]/],
  ["digit", /\d/],
  // Any will do for the server, by a slip in its pattern a digit too; its words and its documents ask for one.
  ["special character", /[^A-Za-z0-9]/],
] as const;
/** What a dot of Java's patterns does not match; the server's pattern has to match the whole password. */
const LINE_BREAK = /[\n\r]/;
/** The image sets no locale: Java reads such a character as U+FFFD, takes the password, and nobody can log in with it. */
const FOREIGN = /\P{ASCII}/u;

const USER = "admin";
/** A word to the server, which knows the years to 2029 as years; the JavaScript knows those to 2019. */
const YEARS = Array.from({ length: 10 }, (_, i) => String(2020 + i));

/**
 * Longest text that is looked at in one go: the time goes up steeply with the length, 22 seconds for 100 special
 * characters on a busy machine. Longer ones are looked at in pieces of this length that overlap.
 */
const PIECE = 40;
const STEP = 30;

/** Follows a reason; the server's own refusal would show only in the container's log. */
export const adminPasswordRule =
  "It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.";

/**
 * Why OpenSearch would refuse this password of `admin`, as in "it is too easy to guess", without anything of the
 * password in it; `undefined` if it takes it.
 */
export function weakness(password: string): string | undefined {
  const missing = KINDS.filter(([, kind]) => !kind.test(password)).map(([name]) => name);
  if ([...password].length < LEAST) return `it has fewer than ${LEAST} characters`;
  if (password.length > MOST) return `it has more than ${MOST} characters`;
  if (LINE_BREAK.test(password)) return "it has a line break";
  if (FOREIGN.test(password)) return "it has a character outside ASCII, which OpenSearch's container reads as another";
  if (missing.length > 0) return `it has no ${missing.join(" and no ")}`;
  return guessable(password);
}

/** Stops, in preview where the password is known then, on one that OpenSearch would refuse. */
export function requireStrong(password: string, component: string): string {
  const reason = weakness(password);
  if (reason === undefined) return password;
  throw new pulumi.RunError(
    `OllamaChatStack ${JSON.stringify(component)}: opensearch.adminPassword can't be used: ${reason}. ${adminPasswordRule}`,
  );
}

/** The latest password and what was said of it: a stack with a plain one asks twice. */
let latest: { readonly password: string; readonly reason: string | undefined } | undefined;

function guessable(password: string): string | undefined {
  if (latest?.password !== password) latest = { password, reason: pieces(password).map(judged).find(isText) };
  return latest.reason;
}

/** The server's judgement, by the code that the server's Java was made from, over the same words. */
function judged(piece: string): string | undefined {
  const { score, sequence, feedback } = zxcvbn(piece, [USER, ...YEARS]);
  if (score < SCORE) return `it is too easy to guess${hint(feedback)}`;
  const names = sequence.some((part) => part.dictionary_name === "user_inputs" && part.matched_word === USER);
  return names
    ? `it contains the name of its user, ${USER}, as it is, backwards or with digits for letters`
    : undefined;
}

/** zxcvbn's own words, of which it has a fixed set; those for the many that it has none for. */
function hint({ warning, suggestions }: zxcvbn.ZXCVBNFeedback): string {
  const sentences = [warning, ...suggestions].filter((text) => text !== "").map((text) => text.replace(/\.$/, ""));
  return ` (${sentences.length > 0 ? sentences.join(". ") : "Add another word or two. Uncommon words are better"})`;
}

function pieces(password: string): string[] {
  if (password.length <= PIECE) return [password];
  const last = password.length - PIECE;
  const count = Math.ceil(last / STEP) + 1;
  return Array.from({ length: count }, (_, i) => Math.min(i * STEP, last)).map((at) => password.slice(at, at + PIECE));
}

function isText(reason: string | undefined): reason is string {
  return reason !== undefined;
}
