import type { MavenArchive } from "../maven";
import type { JavaRange } from "./jdk";

/** An OpenSearch with its plugins, installed from archives of Maven's registry. */
export interface OpenSearchRelease {
  readonly version: string;
  /** Incremented when the layout changes. */
  readonly layout: number;
  /** The Java versions it runs on. */
  readonly java: JavaRange;
  readonly server: MavenArchive;
  /** By the folder's name in `plugins`. */
  readonly plugins: Readonly<Record<string, MavenArchive>>;
  /** Files of plugins that remote models don't need: 304 MB of the ML plugin. */
  readonly leaveOut: RegExp;
}

const plugin = (name: string, version: string, megabytes: number, sha256: string): MavenArchive => ({
  group: "org.opensearch.plugin",
  name,
  version,
  megabytes,
  sha256,
});

const server = (version: string, megabytes: number, sha256: string): MavenArchive => ({
  group: "org.opensearch.distribution.integ-test-zip",
  name: "opensearch",
  version,
  megabytes,
  sha256,
});

/** The file to change when a version is gone, for messages. */
export const releasesFile = "tools/toolchain/parts/opensearch-releases.ts";

/**
 * For the demo and the tests. The registry lacks the security plugin of 3.6, so that of 3.4 is adapted
 * (`adaptSecurity`). Everything else is of one release.
 */
export const opensearch36: OpenSearchRelease = {
  version: "3.6.0",
  layout: 1,
  java: { oldest: 21 },
  server: server("3.6.0", 162, "a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286"),
  plugins: {
    "opensearch-job-scheduler": plugin(
      "opensearch-job-scheduler",
      "3.6.0.0",
      1,
      "f81d0aa9fc850b18f803292bd7ae68bd33561f6c1d12db0f68529d40eddcee24",
    ),
    "opensearch-ml": plugin(
      "opensearch-ml-plugin",
      "3.6.0.0",
      391,
      "c051d436fe1936da1477bb999db829eb2bc92b12989e376c300d0a874fb90f9d",
    ),
    "opensearch-knn": plugin(
      "opensearch-knn",
      "3.6.0.0",
      6,
      "ac392ca28a39b3bf290648a422ef30cb149dda2963a9d7feb26060e932341c9a",
    ),
    "opensearch-neural-search": plugin(
      "neural-search",
      "3.6.0.0",
      12,
      "6ef1b206e79391e2e36268e32dc34d27fd8b8a59a8eb0a7393c97d53b038e433",
    ),
    "opensearch-security": plugin(
      "opensearch-security",
      "3.4.0.0",
      49,
      "fc164c084979f7f793d295b6bca56bf8bee76dafb762adef9f14fa872e0a7596",
    ),
  },
  leaveOut: /^onnxruntime_gpu-.*\.jar$/,
};

/**
 * The second real version. The registry's 2.19 has neither security nor the module `reindex`. `npm run test:all` runs
 * the main path on it. It needs the security manager, which Java 24 removed.
 */
export const opensearch219: OpenSearchRelease = {
  version: "2.19.6",
  layout: 1,
  java: { oldest: 17, newest: 23 },
  server: server("2.19.6", 56, "71d6d8b1c637f3faecda0752b184b1cc526fc6eaad59ec1408c6327bb00b9293"),
  plugins: {
    "opensearch-job-scheduler": plugin(
      "opensearch-job-scheduler",
      "2.19.6.0",
      3,
      "c0172f2fb94c0819bbeb9bf21db694e26e285de4dddc9461759d0e0246c998e8",
    ),
    "opensearch-ml": plugin(
      "opensearch-ml-plugin",
      "2.19.6.0",
      375,
      "d0f4c2457ca5557d94ebd7c5e8d650b34326df54ad85851cc2eca0dd86e30d10",
    ),
  },
  leaveOut: /^onnxruntime_gpu-.*\.jar$/,
};
