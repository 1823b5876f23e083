import type { Core } from "../core";
import { illegalState, validationFailed } from "../errors";

const SAFE_TEXT = /^[\p{L}\p{N}\s.,!?():@\-_/'"]*$/u;
const SAFE_TEXT_RULE = "can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/\")";

/** A name or description to check: `what` is the word for it in the server's text. */
export interface CheckedText {
  what: string;
  text: string | undefined;
  required?: boolean;
}

/** Refuses names and descriptions with characters the server doesn't take. */
export function checkTexts(core: Core, texts: readonly CheckedText[]): void {
  if (!core.profile.checksTexts) return;
  const problems = texts.map(problemOf).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw validationFailed(problems);
}

function problemOf({ what, text, required }: CheckedText): string | undefined {
  const blank = text === undefined || text.trim() === "";
  if (blank) return required ? `${what} is required and cannot be null or blank` : undefined;
  return SAFE_TEXT.test(text) ? undefined : `${what} ${SAFE_TEXT_RULE}`;
}

/** The text names a setting that doesn't exist; the real one is `remote_inference.enabled`. Recorded. */
const REMOTE_INFERENCE_OFF =
  'Remote Inference is currently disabled. To enable it, update the setting "plugins.ml_commons.remote_inference_enabled" to true.';

export function checkRemoteInference(core: Core, status = 500): void {
  if (!core.settings.flag("plugins.ml_commons.remote_inference.enabled"))
    throw illegalState(REMOTE_INFERENCE_OFF, status);
}
