import type { ModelShape } from "../../../clients/ollama/inventory";

/** A model of the guide's table, with what is true of it. */
export interface GuideModel {
  readonly name: string;
  /** What the guide's table gives as its size. */
  readonly guideSize: string;
  readonly use: string;
  /** Bytes of a pull; absent where Ollama's library has no such model. */
  readonly downloadBytes?: number;
  readonly quantization?: string;
  readonly shape?: ModelShape;
  /** What to take instead of a model that does not exist. */
  readonly instead?: string;
}

/**
 * Where the sizes come from: the tags on ollama.com/library as listed on this day by github.com/Jeffser/Alpaca
 * (`src/ollama_models.py`, d1577de0), and, where a count of bytes is given to the last digit, the `size` that
 * `/api/tags` shows for the manifest with these first digits: smollm2:135m 9077fe9d2ae1, neural-chat:7b 89fa737d3b85,
 * mistral:7b 6577803aa9a0. Shapes are those of the models' `config.json`.
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
