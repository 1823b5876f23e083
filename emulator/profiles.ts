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
  readonly buildHash: string;
  readonly buildDate: string;
  /** Default of `client_config.read_timeout` and `connection_timeout`, in seconds. */
  readonly connectorTimeoutSeconds: number;
  /** `client_config.skip_ssl_verification` is kept and obeyed (3.5 and later); dropped without a word before. */
  readonly knowsSkipSslVerification: boolean;
  /** An action may have a `name` (3.5 and later); dropped without a word before. Also PUT and DELETE as methods. */
  readonly knowsActionNames: boolean;
  /** Names and descriptions are checked for characters (3.x). */
  readonly checksTexts: boolean;
  /** An empty body of the model server is 400 `No response from model`, and all output errors are wrapped (2.x). */
  readonly hasOldOutputErrors: boolean;
  /** The streaming route exists, though it only says that it can't (3.3 and later). */
  readonly knowsStreamRoute: boolean;
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
    buildHash: "unknown",
    buildDate: "unknown",
    connectorTimeoutSeconds: 30_000,
    knowsSkipSslVerification: false,
    knowsActionNames: false,
    checksTexts: false,
    hasOldOutputErrors: true,
    knowsStreamRoute: false,
    checksTrustAtPredict: false,
    knowsPrivateEndpointList: false,
  },
  "3.4": {
    name: "3.4",
    serverVersion: "3.4.0",
    pluginVersion: "3.4.0.0",
    luceneVersion: "10.3.2",
    buildHash: "00336141f90b2456d7aa35e9052fd6baf7147423",
    buildDate: "2025-12-15T21:42:54.481067826Z",
    connectorTimeoutSeconds: 30_000,
    knowsSkipSslVerification: false,
    knowsActionNames: false,
    checksTexts: true,
    hasOldOutputErrors: false,
    knowsStreamRoute: true,
    checksTrustAtPredict: false,
    knowsPrivateEndpointList: false,
  },
  "3.7": {
    name: "3.7",
    serverVersion: "3.7.0",
    pluginVersion: "3.7.0.0",
    luceneVersion: "10.4.0",
    buildHash: "unknown",
    buildDate: "unknown",
    connectorTimeoutSeconds: 30,
    knowsSkipSslVerification: true,
    knowsActionNames: true,
    checksTexts: true,
    hasOldOutputErrors: false,
    knowsStreamRoute: true,
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
