import type { IndexDocument } from "../../clients/opensearch/indices";
import { WRITE_BLOCK } from "./copy";
import { mappingsAsSeen } from "./fields";
import type { SearchIndexState } from "./inputs";
import { readMark } from "./mark";
import { flatSettings, settingsAsSeen } from "./settings";
import { holdsVector } from "./vectors";

/** The state as the server shows it. Only what the program set is compared: the rest is the server's. */
export function asSeen(state: SearchIndexState, index: IndexDocument): SearchIndexState {
  const properties = (index.mappings.properties ?? {}) as Record<string, unknown>;
  const { vector, vectorSearch } = state;
  const found = vector === undefined ? undefined : properties[vector.field];
  const seen = {
    ...state,
    mappings: mappingsAsSeen(state.mappings, index.mappings),
    settings: settingsSeen(state, index),
    vector: vector !== undefined && holdsVector(found, vector, vectorSearch) ? vector : undefined,
    indexUuid: index.uuid,
  };
  const present = Object.entries(seen).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as SearchIndexState;
}

/** A write block that the program knows nothing of is left by a copy that was interrupted: it shows, and goes. */
function settingsSeen(state: SearchIndexState, index: IndexDocument): SearchIndexState["settings"] {
  const seen = state.settings === undefined ? undefined : settingsAsSeen(state.settings, index.settings);
  const blocked = index.settings[WRITE_BLOCK] === "true" && !(WRITE_BLOCK in flatSettings(state.settings));
  const superseded = readMark(index.mappings._meta as Record<string, unknown> | undefined)?.supersededBy;
  return blocked && superseded === undefined ? { ...seen, [WRITE_BLOCK]: "true" } : seen;
}
