import { expect, test } from "bun:test";
import { modelEndpoints } from "./model-endpoints.ts";

const defaults = {
  DEFAULT_MODEL: "gpt-5.2",
  SUPPORTED_GEMINI_MODELS: ["gemini-3-pro", "gemini-2.5-flash"],
};
const local = { OPENAI_BASE_URL: "http://127.0.0.1:11434/v1" };

test.each<[string, object, string[]]>([
  ["nothing", {}, []],
  ["a key of OpenAI", { OPENAI_API_KEY: "k" }, ["gpt-5.2", "gpt-5.1", "gpt-5-mini"]],
  ["a server", local, ["gpt-5.2"]],
  ["a server and its model", { ...local, DEFAULT_MODEL: "qwen2.5vl:7b" }, ["qwen2.5vl:7b"]],
  [
    "a server and its models",
    { ...local, DEFAULT_MODEL: "b", SUPPORTED_GPT_MODELS: ["a", "b"] },
    ["b", "a"],
  ],
  ["a key of Gemini", { GEMINI_API_KEY: "k" }, ["gemini-3-pro", "gemini-2.5-flash"]],
  [
    "a key of Gemini beside a server",
    {
      ...local,
      GEMINI_API_KEY: "k",
      DEFAULT_MODEL: "gemini-2.5-flash",
      SUPPORTED_GPT_MODELS: ["a"],
    },
    ["a", "gemini-3-pro", "gemini-2.5-flash"],
  ],
  [
    "a gateway that has Gemini",
    { ...local, DEFAULT_MODEL: "gemini-2.5-flash" },
    ["gemini-2.5-flash"],
  ],
])("with %s no model is asked that nobody named", (_, config, names) => {
  expect(modelEndpoints({ ...defaults, ...config }).map(({ name }) => name)).toEqual(names);
});
