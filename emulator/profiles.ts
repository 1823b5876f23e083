/** Server generations the emulator can answer as. */
export type ProfileName = "2.19" | "3.4" | "3.7";

/**
 * What differs between server versions. `3.4` was recorded from a running server; `2.19` and `3.7` were read in the
 * sources of the tags named by `pluginVersion`.
 */
export interface Profile {
  readonly name: ProfileName;
  /** OpenSearch's `version.number`. */
  readonly serverVersion: string;
  readonly pluginVersion: string;
  readonly luceneVersion: string;
  /** Default of `client_config.read_timeout` and `connection_timeout`, in seconds. */
  readonly connectorTimeoutSeconds: number;
  /** `client_config.skip_ssl_verification` is kept and obeyed (3.5 and later); dropped without a word before. */
  readonly knowsSkipSslVerification: boolean;
  /** An action may have a `name` (3.5 and later); dropped without a word before. */
  readonly knowsActionNames: boolean;
  /** The resolved URL is checked against the trusted list at every prediction too. */
  readonly checksTrustAtPredict: boolean;
  /** The private-endpoint list is checked, when it isn't empty, for predictions that go to a private address. */
  readonly knowsPrivateEndpointList: boolean;
}

const PROFILES: Record<ProfileName, Profile> = {
  "2.19": {
    name: "2.19",
    serverVersion: "2.19.4",
    pluginVersion: "2.19.4.0",
    luceneVersion: "9.12.2",
    connectorTimeoutSeconds: 30_000,
    knowsSkipSslVerification: false,
    knowsActionNames: false,
    checksTrustAtPredict: false,
    knowsPrivateEndpointList: false,
  },
  "3.4": {
    name: "3.4",
    serverVersion: "3.4.0",
    pluginVersion: "3.4.0.0",
    luceneVersion: "10.3.1",
    connectorTimeoutSeconds: 30_000,
    knowsSkipSslVerification: false,
    knowsActionNames: false,
    checksTrustAtPredict: false,
    knowsPrivateEndpointList: false,
  },
  "3.7": {
    name: "3.7",
    serverVersion: "3.7.0",
    pluginVersion: "3.7.0.0",
    luceneVersion: "10.4.0",
    connectorTimeoutSeconds: 30,
    knowsSkipSslVerification: true,
    knowsActionNames: true,
    checksTrustAtPredict: true,
    knowsPrivateEndpointList: true,
  },
};

const ORDER: readonly ProfileName[] = ["2.19", "3.4", "3.7"];

export function profileOf(name: ProfileName): Profile {
  return PROFILES[name];
}

/** Whether `name` is at least the version something came with. */
export function reaches(name: ProfileName, since: ProfileName | undefined): boolean {
  return since === undefined || ORDER.indexOf(name) >= ORDER.indexOf(since);
}

/** Whether a text names a profile. */
export function isProfileName(text: string): text is ProfileName {
  return (ORDER as readonly string[]).includes(text);
}
