import { z } from "zod";

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          parent: z.string().optional(),
          dependencies: z.array(z.string()).nullish(),
          propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
        }),
      )
      .nullish(),
  }),
});

/** What each resource depends on, by URN, as `pulumi stack export` tells it. */
export function readDependencies(text: string): Map<string, readonly string[]> {
  const { resources } = exported.parse(JSON.parse(text)).deployment;
  return new Map(
    (resources ?? []).map(({ urn, dependencies, propertyDependencies }) => {
      const all = [...(dependencies ?? []), ...Object.values(propertyDependencies ?? {}).flatMap((list) => list ?? [])];
      return [urn, [...new Set(all)]];
    }),
  );
}
