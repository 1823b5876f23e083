import * as pulumi from "@pulumi/pulumi";
import { SettingMode } from "../providers/cluster-setting/inputs";
import type { ConnectorPreset } from "../providers/connector/presets";
import { trustedEndpointRegex } from "../providers/connector/trust";
import { applied, hasOutputs } from "../providers/dynamic/applied";
import { mayBePrivate } from "./addresses";

const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";
const TRUSTED_PRIVATE = "plugins.ml_commons.trusted_connector_private_endpoints_regex";
const PRIVATE_ADDRESSES = "plugins.ml_commons.connector.private_ip_enabled";

/** What to trust. */
export interface TrustTarget {
  readonly preset: ConnectorPreset | pulumi.Output<ConnectorPreset>;
  /** Base URL of Ollama as OpenSearch reaches it. */
  readonly endpoint: pulumi.Input<string>;
  /** Whether to allow private addresses as well, if Ollama has one. */
  readonly privateAddresses: boolean;
  /** Further settings. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Arguments of a `ClusterSetting` that lets OpenSearch call the URL of a preset, and no other. */
export function trustSettings({ preset, endpoint, privateAddresses, more = {} }: TrustTarget) {
  const opened = applied([preset, endpoint] as const, ([{ actions }, address]) => {
    const entries = actions.map(({ url }) => trustedEndpointRegex(url));
    return { entries, isPrivate: mayBePrivate(address) };
  });
  const settings = applied(opened, ({ entries, isPrivate }) => ({
    [TRUSTED]: [...entries],
    ...(privateAddresses && isPrivate ? { [PRIVATE_ADDRESSES]: true } : {}),
  }));
  // Since 3.7, private addresses have their own list.
  const whenKnown = applied(opened, ({ entries, isPrivate }): Record<string, unknown> | undefined =>
    isPrivate ? { [TRUSTED_PRIVATE]: [...entries] } : undefined,
  );
  return {
    mode: SettingMode.contribute,
    settings: !hasOutputs(settings)
      ? { ...settings, ...more }
      : pulumi.all([settings, more]).apply(([ours, others]) => ({ ...ours, ...others })),
    ...(whenKnown === undefined ? {} : { whenKnown: whenKnown as pulumi.Input<Record<string, unknown>> }),
  };
}
