/** Placeholder of the engine and the CLI for stacks whose backend has no organizations. */
const NO_ORGANIZATION = "organization";

/** The organization of a stack, if its backend has organizations. */
export function organizationNamed(name: string | undefined): string | undefined {
  return name === NO_ORGANIZATION ? undefined : name;
}
