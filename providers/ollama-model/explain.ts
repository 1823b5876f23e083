import { DeadlineError, ServerError, UnreachableError } from "../../clients/errors";
import { causeAndFix } from "../../diagnosis/diagnose";
import { ExplainedError } from "../../diagnosis/explained-error";
import { FORGET_UNREACHABLE } from "../shared/explain";
import { type Lifecycle, PartialFailure } from "../shared/lifecycle";
import type { OllamaModelInputs, OllamaModelState } from "./inputs";

type OllamaLifecycle = Lifecycle<OllamaModelInputs, OllamaModelState>;

/** Adds the model, the server's words, and cause and fix from the symptom table to failures. */
export function explainedForOllama(lifecycle: OllamaLifecycle): OllamaLifecycle {
  const wrap = async <T>(model: string, run: () => Promise<T>, hint = ""): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw explain(model, error, hint);
    }
  };
  const forget = ` If the server is gone for good, run pulumi destroy with ${FORGET_UNREACHABLE}=1.`;
  return {
    check: lifecycle.check,
    diff: lifecycle.diff,
    create: (inputs) => wrap(inputs.model, () => lifecycle.create(inputs)),
    read: (id, state) => wrap(id, () => lifecycle.read(id, state)),
    update: (id, olds, news) => wrap(news.model, () => lifecycle.update(id, olds, news)),
    delete: (id, state) => wrap(id, () => lifecycle.delete(id, state), forget),
  };
}

function explain(model: string, error: unknown, hint: string): unknown {
  if (error instanceof PartialFailure) {
    return new PartialFailure(error.id, error.state, explain(model, error.cause, hint));
  }
  if (!(error instanceof Error) || error instanceof ExplainedError) return error;
  const said = error instanceof ServerError ? answered(error) : error.message;
  const gone = error instanceof UnreachableError || error instanceof DeadlineError;
  const { cause, fix } = causeAndFix(error);
  return new ExplainedError({ what: `${model}: ${said}`, cause, fix: `${fix}${gone ? hint : ""}` });
}

/** A failed pull is reported in an answer with status 200, where the status would only confuse. */
function answered({ request, status, reason }: ServerError): string {
  return `Ollama answered ${request} with${status === 200 ? "" : ` ${status}`}: ${reason}`;
}
