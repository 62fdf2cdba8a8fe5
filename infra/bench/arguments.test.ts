import { describe, expect, test } from "bun:test";
import { commandOf, readArguments, UsageError, usage } from "./arguments.ts";

const known = ["overhead", "users", "stream"];
const read = (text: string) => readArguments(text.split(" ").filter(Boolean), known);
const defaults = { names: known, runs: 3, quick: false, json: false, save: false };

describe("what is typed", () => {
  test("nothing means everything, three runs each", () => {
    expect(read("")).toEqual(defaults);
    expect(read("all")).toEqual(defaults);
    expect(read("users all")).toEqual(defaults);
  });

  test("names choose, in the order in which they exist and each once", () => {
    expect(read("stream overhead stream")).toEqual({ ...defaults, names: ["overhead", "stream"] });
  });

  test("options are read", () => {
    expect(read("users --runs 20 --json --save")).toEqual({
      names: ["users"],
      runs: 20,
      quick: false,
      json: true,
      save: true,
    });
    expect(read("--quick")).toEqual({ ...defaults, quick: true, runs: 1 });
    expect(read("--quick --runs 2")).toEqual({ ...defaults, quick: true, runs: 2 });
    expect(read("-h")).toBe("help");
  });
});

describe("what makes no sense is refused in one line that says what does", () => {
  test.each([
    ["user", "no benchmark user; there are overhead, users, stream, all"],
    ["users x y", "no benchmark x, y; there are overhead, users, stream, all"],
    ["--runs 0", "--runs 0: a whole number from 1 to 20"],
    ["--runs 21", "--runs 21: a whole number from 1 to 20"],
    ["--runs 1e1", "--runs 1e1: a whole number from 1 to 20"],
    ["--runs=-1", "--runs -1: a whole number from 1 to 20"],
    ["--quick --save", "--quick gives figures that mean nothing: not to --save"],
    ["--fast", "Unknown option '--fast'; options are --runs N, --quick, --json, --save"],
  ])("%s", (text, message) => {
    expect(() => read(text)).toThrow(new UsageError(message));
  });

  test("an option without its value", () => {
    expect(() => read("--runs")).toThrow(UsageError);
    expect(() => read("--runs --json")).toThrow(/^[^\n]*; options are/);
  });
});

test("a result's command measures the same again", () => {
  for (const text of ["users", "users --runs 5", "users --quick", "users --runs 2 --quick"]) {
    const options = read(text);
    if (options === "help") throw new Error("not asked for");
    expect(commandOf({ name: "users", ...options })).toBe(`bun run bench ${text}`);
  }
});

test("the usage names every benchmark and every option", () => {
  for (const word of [...known, "all", "--runs", "--quick", "--json", "--save"]) {
    expect(usage(known)).toContain(word);
  }
});
