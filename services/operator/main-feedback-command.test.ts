import { expect, test } from "bun:test";
import { parseCommandLine, UsageError } from "#lib/cli/command-line.ts";
import { feedbackCommand, readFeedbackCommand } from "./main-feedback-command.ts";

function read(line: string) {
  const typed = parseCommandLine(feedbackCommand, line.split(" ").filter(Boolean));
  if (typeof typed === "string") throw new Error(typed);
  return readFeedbackCommand(typed);
}

test("export takes a day to begin with, and everything without one", () => {
  expect(read("export --json --since 2026-02-28")).toEqual({
    since: new Date("2026-02-28T00:00:00Z"),
    json: true,
  });
  expect(read("export")).toEqual({ since: new Date(0), json: false });
});

test.each([
  ["", "the command is export; see --help"],
  ["list", "the command is export; see --help"],
  ["export --since yesterday", "--since: 'yesterday' is no day as 2026-01-31"],
  ["export --since 2026-02-30", "--since: '2026-02-30' is no day as 2026-01-31"],
  ["export --since 2026-2-3", "--since: '2026-2-3' is no day as 2026-01-31"],
])("%p makes no sense", (line, message) => {
  expect(() => read(line)).toThrow(new UsageError(message));
});
