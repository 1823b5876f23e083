import { putIndexSettings, putMapping } from "../../clients/opensearch/indices";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { PartialFailure } from "../shared/lifecycle";
import { differingFields, mappingsDiffer, UPDATABLE_MAPPING } from "./fields";
import type { SearchIndexState } from "./inputs";
import { type IndexMark, withMark } from "./mark";
import { differingSettings, flatSettings } from "./settings";

/** The server's defaults for members that a mapping leaves out. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  dynamic: "true",
  dynamic_templates: [],
  dynamic_date_formats: ["strict_date_optional_time", "yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z"],
  date_detection: true,
  numeric_detection: false,
};

/**
 * Writes the differences that can be changed on an existing index, if there are any.
 *
 * @param isTakenOver write this resource's mark even if nothing else differs.
 */
export async function alter(
  server: OpenSearchServer,
  name: string,
  olds: SearchIndexState,
  news: SearchIndexState,
  mark: IndexMark,
  isTakenOver = false,
): Promise<void> {
  const mapped = mappingsDiffer(olds.mappings, news.mappings);
  if (mapped || isTakenOver) await putMapping(server, name, mappingChanges(olds, news, mark));
  const keys = differingSettings(olds.settings, news.settings);
  if (keys.length === 0) return;
  const wanted = flatSettings(news.settings);
  try {
    await putIndexSettings(server, name, Object.fromEntries(keys.map((key) => [key, wanted[key] ?? null])));
  } catch (error) {
    if (!mapped) throw error;
    throw new PartialFailure(name, { ...olds, mappings: news.mappings }, error);
  }
}

function mappingChanges(olds: SearchIndexState, news: SearchIndexState, mark: IndexMark): Record<string, unknown> {
  const changes: Record<string, unknown> = { properties: differingFields(olds.mappings, news.mappings) };
  for (const key of UPDATABLE_MAPPING) {
    if (key === "_meta") continue;
    const [before, after] = [olds.mappings?.[key], news.mappings?.[key]];
    if (after !== undefined) changes[key] = after;
    else if (before !== undefined) changes[key] = DEFAULTS[key];
  }
  return { ...changes, _meta: withMark(news.mappings?._meta, mark) };
}
