/** A URL template with the connector's own parameters filled in, as the server checks and calls it. */
export function filledUrl(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replaceAll(
    /\$\{parameters\.([A-Za-z0-9_.-]+?)\}/g,
    (whole, name: string) => parameters[name] ?? whole,
  );
}
