import type { ModelShape } from "../../../clients/ollama/inventory";

/** A model of the guide's table, with its real sizes. */
export interface GuideModel {
  readonly name: string;
  /** Its size according to the guide. */
  readonly guideSize: string;
  readonly use: string;
  /** Download size. Absent if Ollama's library has no such model. */
  readonly downloadBytes?: number;
  readonly quantization?: string;
  readonly shape?: ModelShape;
  /** What to use instead of a model that does not exist. */
  readonly instead?: string;
}

/**
 * Date of the sizes. They come from the tags on ollama.com/library, as listed by github.com/Jeffser/Alpaca
 * (`src/ollama_models.py`, d1577de0). Exact byte counts are the `size` in `/api/tags` for the manifests that start with
 * these digits: smollm2:135m 9077fe9d2ae1, neural-chat:7b 89fa737d3b85, mistral:7b 6577803aa9a0. Shapes come from the
 * models' `config.json`.
 */
export const SIZES_SEEN_ON = "2026-06-08";

const SMOLLM: ModelShape = { layers: 30, keyValueHeads: 3, headSize: 64 };
const MISTRAL_7B: ModelShape = { layers: 32, keyValueHeads: 8, headSize: 128, contextTokens: 32_768 };

export const GUIDE_MODELS: readonly GuideModel[] = [
  {
    name: "smollm2:135m",
    guideSize: "1.3 GB",
    use: "quick testing",
    downloadBytes: 270_898_672,
    quantization: "F16",
    shape: { ...SMOLLM, contextTokens: 8192 },
  },
  {
    name: "smollm:135m",
    guideSize: "1.3 GB",
    use: "development",
    downloadBytes: 92_000_000,
    quantization: "Q4_0",
    shape: { ...SMOLLM, contextTokens: 2048 },
  },
  {
    name: "neural-chat:7b",
    guideSize: "4.1 GB",
    use: "local production",
    downloadBytes: 4_109_853_239,
    quantization: "Q4_0",
    shape: MISTRAL_7B,
  },
  {
    name: "mistral:7b",
    guideSize: "4.1 GB",
    use: "general purpose",
    downloadBytes: 4_372_824_384,
    quantization: "Q4_K_M",
    shape: MISTRAL_7B,
  },
  {
    name: "llama2:13b",
    guideSize: "7.4 GB",
    use: "production RAG",
    downloadBytes: 7_400_000_000,
    quantization: "Q4_0",
    shape: { layers: 40, keyValueHeads: 40, headSize: 128, contextTokens: 4096 },
  },
  { name: "mistral:13b", guideSize: "8 GB", use: "general chat", instead: "mistral:7b or mistral-nemo:12b" },
  { name: "neural-chat:13b", guideSize: "7.4 GB", use: "instruction", instead: "neural-chat:7b" },
];
