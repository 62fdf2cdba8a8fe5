import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Harness, startHarness } from "../e2e/harness.ts";
import { ask } from "./ask.ts";
import { readQuestions } from "./judge.ts";
import { type OpenModel, openModel } from "./open-model.ts";
import { loadPhoto } from "./photo.ts";
import photosJson from "./photos.json";
import questionsJson from "./questions.json";

const sample = [
  ...readQuestions(questionsJson).filter((_, i) => i % 40 === 0),
  ...readQuestions(photosJson).filter((_, i) => i % 10 === 0),
];

let eco2: Harness;
beforeAll(async () => {
  eco2 = await startHarness();
}, 60_000);
afterAll(() => eco2?.stop());

/** The question as a client of the public API asks it. */
async function askOverHttp(model: string, { say, photo }: (typeof sample)[number]) {
  const { id, api } = eco2.newUser();
  const { bytes, mime } = await loadPhoto(photo);
  const response = await fetch(`${eco2.origin}/api/v1/scan`, {
    method: "POST",
    headers: { "x-user-id": id, "content-type": "application/json" },
    body: JSON.stringify({ image_url: await api.upload(bytes, mime), user_input: say, model }),
  });
  const { stream_url, result_url } = await response.json();
  await api.follow(stream_url, () => undefined);
  const { pipeline_result: output } = await api.result(result_url);
  const { classification } = output?.classification_result ?? {};
  return { category: classification?.middle_category, answer: output?.final_answer.user_answer };
}

async function askStages(model: OpenModel, question: (typeof sample)[number]) {
  const { vision, answer } = await ask(model, question);
  return { category: vision.classification.middle_category, answer };
}

/** What is evaluated is what users get. */
test.each(["local", "gpt-5.2"])(
  "the stages and a scan over HTTP agree: %s",
  async (name) => {
    // A hosted model that sees a knife of metal in everything: what is made of that is the same as well.
    const classification = { major_category: "재활용폐기물", middle_category: "금속류" };
    const content = { classification: { ...classification, minor_category: "식칼" } };
    eco2.model.always("vision", { content: { ...content, situation_tags: [], question: null } });
    const model = openModel(name, { OPENAI_BASE_URL: eco2.model.url });
    try {
      const categories = new Set<unknown>();
      for (const question of sample) {
        const [stages, http] = await Promise.all([
          askStages(model, question),
          askOverHttp(name, question),
        ]);
        expect<unknown>({ question, ...stages }).toEqual({ question, ...http });
        categories.add(stages.category);
      }
      expect(sample.length).toBeGreaterThanOrEqual(10);
      expect(categories.size).toBeGreaterThan(1);
    } finally {
      model.close();
    }
  },
  180_000,
);
