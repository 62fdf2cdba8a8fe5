import { describe, expect, test } from "bun:test";
import { parseCommandLine, UsageError } from "./command-line.ts";

const command = {
  name: "sort",
  usage: "usage: sort [--by FIELD] [--reverse] [FILE]",
  options: { by: { type: "string" }, reverse: { type: "boolean", default: false } },
  argumentsMax: 1,
} as const;
const parse = (line: string) => parseCommandLine(command, line.split(" ").filter(Boolean));

test("options are read by name, and the arguments besides them in order", () => {
  expect(parse("a.txt --by size --reverse")).toMatchObject({
    values: { by: "size", reverse: true },
    positionals: ["a.txt"],
  });
  expect(parse("")).toMatchObject({ values: { reverse: false }, positionals: [] });
});

test.each(["--help", "-h", "--by size --help", "a b --help"])("%s asks for the usage", (line) => {
  expect(parse(line)).toBe("help");
});

test("--version asks for the version", () => {
  expect(parse("--version")).toBe("version");
});

describe("what makes no sense is refused in one line:", () => {
  test.each([
    ["--bogus", "Unknown option '--bogus'; see --help"],
    ["--by", "Option '--by <value>' argument missing; see --help"],
    ["--by --reverse", "Option '--by' argument is ambiguous; see --help"],
    ["--reverse=yes", "Option '--reverse' does not take an argument; see --help"],
    ["a b", "unexpected argument 'b'; see --help"],
    ["--bogus --help", "Unknown option '--bogus'; see --help"],
  ])("%s", (line, message) => {
    expect(() => parse(line)).toThrow(new UsageError(message));
  });
});
