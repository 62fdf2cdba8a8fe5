import { describe, expect, test } from "bun:test";
import { parseCommandLine, UsageError } from "#lib/cli/command-line.ts";
import { benchCommand, commandOf, readOptions } from "./arguments.ts";

const known = ["overhead", "users", "stream"];
function read(text: string) {
  const typed = parseCommandLine(benchCommand(known), text.split(" ").filter(Boolean));
  if (typeof typed === "string") throw new Error(`not asked for: ${typed}`);
  return readOptions(typed, known);
}
const defaults = { names: known, runs: 3, quick: false, confined: false, json: false, save: false };

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
      confined: false,
      json: true,
      save: true,
    });
    expect(read("--quick")).toEqual({ ...defaults, quick: true, runs: 1 });
    expect(read("--quick --runs 2")).toEqual({ ...defaults, quick: true, runs: 2 });
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
    ["--confined", "--confined is of users alone, and not to --save"],
    ["users stream --confined", "--confined is of users alone, and not to --save"],
    ["users --confined --save", "--confined is of users alone, and not to --save"],
    ["--fast", "Unknown option '--fast'; see --help"],
  ])("%s", (text, message) => {
    expect(() => read(text)).toThrow(new UsageError(message));
  });

  test("an option without its value", () => {
    expect(() => read("--runs")).toThrow(UsageError);
    expect(() => read("--runs --json")).toThrow(UsageError);
  });
});

test("a result's command measures the same again", () => {
  for (const text of [
    "users",
    "users --runs 5",
    "users --quick",
    "users --runs 2 --quick",
    "users --confined",
  ]) {
    const options = read(text);
    expect(commandOf("users", options)).toBe(`bun run bench ${text}`);
  }
});

test("the usage names every benchmark and every option", () => {
  for (const word of [...known, "all", "--runs", "--quick", "--json", "--save"]) {
    expect(benchCommand(known).usage).toContain(word);
  }
});
