/** Parts of a model's name as Ollama reads them: `[scheme://][host/][namespace/]model[:tag]`. */
const NAME =
  /^(?:https?:\/\/)?(?:(?<host>\w[\w.:-]{0,349})\/(?=[^/]+\/))?(?:(?<namespace>\w[\w-]{0,79})\/)?(?<model>\w[\w.-]{0,79})(?::(?<tag>\w[\w.-]{0,79}))?$/;

/** Whether Ollama accepts the text as a model name (`types/model/name.go` of ollama 0.17). */
export function isModelName(text: string): boolean {
  return NAME.test(text);
}

/**
 * The name that the server lists a model under: with its tag, without scheme, and without the default registry's
 * namespace `library`. `smollm2` becomes `smollm2:latest`.
 */
export function listedName(text: string): string {
  const parts = NAME.exec(text)?.groups;
  if (parts === undefined) return text;
  const { host, namespace, model, tag = "latest" } = parts;
  const shown = host === undefined && namespace?.toLowerCase() === "library" ? undefined : namespace;
  return `${[host, shown, model].filter((part) => part !== undefined).join("/")}:${tag}`;
}

/** Whether both names mean the same model. Ollama ignores case in names. */
export function sameModel(a: string, b: string): boolean {
  return listedName(a).toLowerCase() === listedName(b).toLowerCase();
}
