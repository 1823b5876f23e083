/**
 * Puts each block between its markers, `<!-- bench:name -->` and `<!-- /bench:name -->`, in place of what stood there.
 *
 * @throws Error for a marker that no block fills, and for a block that has no marker: either would leave a stale number.
 */
export function fillMarkers(text: string, blocks: Readonly<Record<string, string>>): string {
  const filled = new Set<string>();
  const page = text.replace(/<!-- bench:(\S+) -->[\s\S]*?<!-- \/bench:\1 -->/g, (_, name: string) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`The page has a marker bench:${name}, which nothing fills.`);
    filled.add(name);
    return `<!-- bench:${name} -->\n\n${block.trim()}\n\n<!-- /bench:${name} -->`;
  });
  const left = Object.keys(blocks).filter((name) => !filled.has(name));
  if (left.length > 0) throw new Error(`The page has no marker for ${left.join(", ")}.`);
  return page;
}
