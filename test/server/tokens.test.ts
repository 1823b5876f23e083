import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { estimateTokens } from "../../rag/tokens";
import { type RunningOllama, startOllama } from "../support/ollama";

/** From the Universal Declaration of Human Rights, but for the last lines. */
const TEXTS = {
  English:
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.",
  German:
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
  Polish:
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
  Finnish:
    "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
  Turkish:
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
  Vietnamese:
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá ban cho lý trí và lương tâm.",
  Russian:
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
  Greek: "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
  Arabic:
    "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح الإخاء.",
  Hindi: "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
  Thai: "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
  Chinese: "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
  Japanese: "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
  Korean: "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
  emoji: "😀🎉👩‍👩‍👧‍👦🇵🇱🧑🏽‍🚀",
  mathematics: "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β)",
  code: "const x = items.filter((i) => i?.id !== undefined).map(({ id, name: n = '' }) => `${id}:${n}`); // ok",
  digests: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 QmFzZTY0IGVuY29kZWQgc3RyaW5nIHdpdGg=",
  numbers: "3.14159265358979 1234567890 2026-11-29T09:38:47Z 10.0.0.1:9200",
  addresses: "https://example.com/a/b-c_d?e=f&g=%20h#i getHTTPResponseCodeFromXML PASSAGE_FIELDS_SHOWN",
};

let ollama: RunningOllama;
beforeAll(async () => {
  ollama = await startOllama();
});
afterAll(() => ollama.stop());

/** How many tokens a model's own vocabulary makes of a text. */
async function counted(model: string, input: string): Promise<number> {
  const body = JSON.stringify({ model, input, truncate: false, options: { num_thread: 1 } });
  const answer: unknown = await (await fetch(`${ollama.endpoint}/api/embed`, { method: "POST", body })).json();
  return z.object({ prompt_eval_count: z.number() }).parse(answer).prompt_eval_count;
}

describe.each(["smollm2:135m", "all-minilm"])("estimated tokens against the vocabulary of %s", (model) => {
  it.each(Object.entries(TEXTS))("are not fewer: %s", { timeout: 60_000 }, async (_language, text) => {
    // A model puts a sign before and after what it reads.
    const around = await counted(model, "a");
    expect(estimateTokens(text)).toBeGreaterThanOrEqual((await counted(model, text)) - around);
  });
});
