import { infoRoutes } from "./cluster/info";
import { ClusterSettings } from "./cluster/settings";
import { settingsRoutes } from "./cluster/settings-routes";
import type { Core, NodeIdentity } from "./core";
import type { FaultList } from "./faults";
import type { ApiRequest, ApiResponse } from "./http/request";
import { checkParameters, type Route, Router } from "./http/router";
import { checkRights, type User } from "./http/security";
import { newUuid } from "./ids";
import { pipelineRoutes } from "./index/pipelines";
import { indexRoutes } from "./index/routes";
import { IndexStore } from "./index/store";
import { LoadedModels } from "./ml/loaded-models";
import { mlRoutes } from "./ml/routes";
import type { Timings } from "./options";
import { type ProfileName, profileOf } from "./profiles";
import type { StoredState } from "./state-file";

export interface EngineOptions {
  profile: ProfileName;
  timings: Timings;
  faults: FaultList;
  /** A real server behind keeps indices and all settings but those of ML Commons. */
  hasUpstream: boolean;
  secured: boolean;
  sharedIdWord: string | undefined;
  plugins: readonly string[];
  /** Called at every change of what a restart must keep. */
  changed: () => void;
  state: StoredState | undefined;
}

/** One life of the emulated server: what a restart throws away and what it reads back. */
export class Engine {
  readonly core: Core;
  private readonly router: Router;
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopped = false;

  constructor(options: EngineOptions) {
    const { profile, timings, faults, hasUpstream, secured, sharedIdWord, plugins, changed, state } = options;
    const settings = new ClusterSettings(profile, !hasUpstream);
    const indices = new IndexStore({ searchLagMs: timings.searchLagMs, sharedIdWord }, changed);
    if (state) {
      settings.restore(state.persistentSettings);
      indices.restore(state.indices);
    }
    const node = state?.node ?? newIdentity();
    const later = (delayMs: number, action: () => void) => this.later(delayMs, action);
    this.core = {
      profile: profileOf(profile),
      timings,
      settings,
      indices,
      loaded: new LoadedModels(),
      faults,
      node,
      later,
      secured,
      plugins,
    };
    const { routes, deployment } = mlRoutes(this.core);
    const local = [
      ...infoRoutes(this.core),
      ...settingsRoutes(this.core, changed),
      ...indexRoutes(this.core),
      ...pipelineRoutes(this.core),
    ];
    this.router = new Router(hasUpstream ? routes : [...routes, ...local]);
    if (state) deployment.redeployStored();
  }

  /** Serves a request by the routes this emulator has itself. */
  async serve(request: Omit<ApiRequest, "params">, authorize: (route: Route) => void): Promise<ApiResponse> {
    const { route, params } = this.router.match(request.method, request.path, request.uri);
    authorize(route);
    checkParameters(route, request.path, request.query);
    return route.handler({ ...request, params });
  }

  state(): StoredState {
    const { node, settings, indices } = this.core;
    return { formatVersion: 1, node, persistentSettings: settings.snapshot(), indices: indices.snapshot() };
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.core.indices.close();
  }

  private later(delayMs: number, action: () => void): void {
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }
}

/** Refuses what a user's roles don't allow. */
export function authorizeUser(user: User | undefined): (route: Route) => void {
  return (route) => checkRights(route, user);
}

function newIdentity(): NodeIdentity {
  return { clusterName: "opensearch-cluster", clusterUuid: newUuid(), nodeName: "opensearch-node1", nodeId: newUuid() };
}
