import { expect, test } from "bun:test";
import { VERSION } from "openai/version";

test("the SDK whose request building is overridden is the version that was read and measured", () => {
  expect(VERSION).toBe("7.57.0");
});
