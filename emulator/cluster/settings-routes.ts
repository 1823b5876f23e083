import type { Core } from "../core";
import { type ApiRequest, type ApiResponse, flagParameter, jsonBody, ok } from "../http/request";
import type { Route } from "../http/router";
import { readSettingRequest, renderSettings } from "./settings";

const SETTINGS_PARAMETERS = [
  "flat_settings",
  "include_defaults",
  "timeout",
  "master_timeout",
  "cluster_manager_timeout",
  "local",
];

/** `_cluster/settings` of an emulator without a server behind. */
export function settingsRoutes(core: Core, changed: () => void): Route[] {
  const pattern = "/_cluster/settings";
  return [
    { method: "GET", pattern, handler: (request) => ok(shownSettings(core, request)), parameters: SETTINGS_PARAMETERS },
    {
      method: "PUT",
      pattern,
      handler: (request) => putSettings(core, request, changed),
      parameters: SETTINGS_PARAMETERS,
      action: "cluster:admin/settings/update",
      right: "admin",
    },
  ];
}

function putSettings(core: Core, request: ApiRequest, changed: () => void): ApiResponse {
  const flat = flagParameter(request, "flat_settings");
  const changes = readSettingRequest(jsonBody(request));
  core.settings.check(changes);
  core.settings.apply(changes);
  changed();
  const persistent = renderSettings(changes.persistent, flat);
  return ok({ acknowledged: true, persistent, transient: renderSettings(changes.transient, flat) });
}

/** What is set, section by section, and the defaults when asked. */
export function shownSettings(core: Core, request: ApiRequest): Record<string, Record<string, unknown>> {
  const flat = flagParameter(request, "flat_settings");
  const persistent = renderSettings(core.settings.scope("persistent"), flat);
  const transient = renderSettings(core.settings.scope("transient"), flat);
  if (!flagParameter(request, "include_defaults")) return { persistent, transient };
  return { persistent, transient, defaults: renderSettings(core.settings.defaults(), flat) };
}
