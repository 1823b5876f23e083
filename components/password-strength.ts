import zxcvbn from "zxcvbn";
import { refusal } from "./refusal";

/**
 * The rules of OpenSearch's installer for the first admin password (`PasswordValidator` of its security plugin, the same
 * from 2.12 to 3.8). The installer exits on a bad one, so the container restarts for ever; we check it in the preview.
 */
const LEAST = 8;
const MOST = 100;
const SCORE = 3;
const KINDS = [
  ["lower-case letter", /[a-z]/],
  ["upper-case letter", /[A-Z]/],
  ["digit", /\d/],
  // A slip in the server's pattern lets a digit count as one. Its message and its documents ask for a special character.
  ["special character", /[^A-Za-z0-9]/],
] as const;
/** A dot in a Java pattern matches no line break, and the server's pattern must match the whole password. */
const LINE_BREAK = /[\n\r]/;
/** The image sets no locale. Java reads such a character as U+FFFD, accepts the password, and nobody can log in. */
const FOREIGN = /\P{ASCII}/u;

const USER = "admin";
/** The server's zxcvbn knows years up to 2029, the JavaScript one up to 2019. Passing the rest as words closes the gap. */
const YEARS = Array.from({ length: 10 }, (_, i) => String(2020 + i));

/**
 * Longest text that zxcvbn judges at once. Its time rises steeply with the length: 22 seconds for 100 special characters
 * on a busy machine. Longer passwords are judged in overlapping pieces of this length.
 */
const PIECE = 40;
const STEP = 30;

/** Follows the reason in a message. The server's own refusal would only show in the container's log. */
export const adminPasswordRule =
  "It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.";

/**
 * Why OpenSearch would refuse this password for `admin`, such as "it is too easy to guess"; `undefined` if it accepts it.
 * The text holds no part of the password.
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

/** Throws a `RunError` for a password that OpenSearch would refuse; in the preview if the password is known by then. */
export function requireStrongPassword(password: string, component: string): string {
  const reason = weakness(password);
  if (reason === undefined) return password;
  throw refusal(component, `opensearch.adminPassword can't be used: ${reason}. ${adminPasswordRule}`);
}

/** The latest verdict, because a stack with a plain password asks twice. */
let latest: { readonly password: string; readonly reason: string | undefined } | undefined;

function guessable(password: string): string | undefined {
  if (latest?.password !== password) latest = { password, reason: pieces(password).map(judged).find(isText) };
  return latest.reason;
}

/** The server's verdict, from the JavaScript that the server's Java library was ported from. */
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
