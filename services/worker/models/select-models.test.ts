import { expect, test } from "bun:test";
import { type GuardedModel, selectModels } from "./select-models.ts";

const notCalled = () => Promise.reject(new Error("not called"));
const model = (name: string): GuardedModel => ({
  model: { name, version: "1", estimate: name === "local", classify: notCalled, answer: notCalled },
  guard: { withPermit: notCalled },
});
const local = model("local");
const configured = [
  { provider: "openai", ...model("gpt-a") },
  { provider: "openai", ...model("gpt-b") },
  { provider: "gemini", ...model("gem-a") },
  { provider: "gemini", ...model("gem-b") },
];
const names = (models: readonly GuardedModel[]) => models.map(({ model: { name } }) => name);

test("the model a scan names comes first, then other providers, then its own", () => {
  const candidates = selectModels(configured, local);
  expect(names(candidates("gpt-b"))).toEqual(["gpt-b", "gem-a", "gem-b", "gpt-a"]);
  expect(names(candidates("gem-a"))).toEqual(["gem-a", "gpt-a", "gpt-b", "gem-b"]);
  expect(names(candidates("unknown"))[0]).toBe("gpt-a");
});

test("the embedded model is never a fallback", () => {
  for (const { model: one } of configured) {
    expect(names(selectModels(configured, local)(one.name))).not.toContain("local");
  }
});

test("the embedded model is called when it is named and when there is no other", () => {
  expect(names(selectModels(configured, local)("local"))).toEqual(["local"]);
  expect(names(selectModels([], local)("gpt-a"))).toEqual(["local"]);
});
