// TypeDoc plugin: the reference has one page for each resource and component, with everything that belongs to it.
import { Converter, DeclarationReflection, ReflectionKind } from "typedoc";

/** @param {import("typedoc").Application} app */
export function load(app) {
  // Before TypeDoc groups what a page holds and resolves links.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const pages = new Map();
    for (const child of [...(project.children ?? [])]) {
      const name = pageOf(project.getSymbolIdFromReflection(child)?.packagePath ?? "");
      if (name === undefined) continue;
      const page = pages.get(name) ?? new DeclarationReflection(name, ReflectionKind.Module, project);
      pages.set(name, page);
      project.removeChild(child);
      child.parent = page;
      page.addChild(child);
    }
    for (const page of pages.values()) {
      project.registerReflection(page, undefined, undefined);
      project.addChild(page);
    }
  });
}

/** The page of what a source file exports; undefined for what several share, which stands in the README. */
function pageOf(file) {
  if (file.startsWith("components/")) return file.includes("rag") ? "OllamaRagStack" : "OllamaChatStack";
  if (file.startsWith("clients/")) return file.includes("predict") ? "DeployedModel" : "Connector";
  const folder = /^providers\/(?!shared\/|dynamic\/)([a-z-]+)\//.exec(file)?.[1];
  return folder?.replace(/(^|-)([a-z])/g, (_, _dash, letter) => letter.toUpperCase());
}
