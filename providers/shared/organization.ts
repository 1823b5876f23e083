/** What the engine and the CLI call the organization of a stack whose backend knows none. */
const NONE = "organization";

/** The organization of a stack, where its backend has any. */
export function organizationNamed(name: string | undefined): string | undefined {
  return name === NONE ? undefined : name;
}
