import { expect, test } from "bun:test";
import type { Model } from "./model.ts";
import { pickModels } from "./pick-models.ts";

const model = (name: string): Model => ({
  name,
  estimate: name === "local",
  classify: () => Promise.reject(new Error("not asked")),
  answer: () => Promise.reject(new Error("not asked")),
});
const local = model("local");
const configured = [
  { provider: "openai", model: model("gpt-a") },
  { provider: "openai", model: model("gpt-b") },
  { provider: "gemini", model: model("gem-a") },
  { provider: "gemini", model: model("gem-b") },
];
const names = (models: readonly Model[]) => models.map(({ name }) => name);

test("the model a scan names comes first, then other providers, then its own", () => {
  const candidates = pickModels(configured, local);
  expect(names(candidates("gpt-b"))).toEqual(["gpt-b", "gem-a", "gem-b", "gpt-a"]);
  expect(names(candidates("gem-a"))).toEqual(["gem-a", "gpt-a", "gpt-b", "gem-b"]);
  expect(names(candidates("unknown"))[0]).toBe("gpt-a");
});

test("the embedded model stands in for nobody", () => {
  for (const { model: one } of configured) {
    expect(names(pickModels(configured, local)(one.name))).not.toContain("local");
  }
});

test("the embedded model is asked when it is named and when there is no other", () => {
  expect(names(pickModels(configured, local)("local"))).toEqual(["local"]);
  expect(names(pickModels([], local)("gpt-a"))).toEqual(["local"]);
});
