import { expect, test } from "bun:test";
import { parseCommandLine, UsageError } from "#lib/cli/command-line.ts";
import { dlqCommand, readDlqCommand } from "./main-dlq-command.ts";

function read(line: string) {
  const typed = parseCommandLine(dlqCommand, line.split(" ").filter(Boolean));
  if (typed === "help" || typed === "version") throw new Error("not asked for");
  return readDlqCommand(typed);
}

test("a queue is named by its task, or by the queue that holds the messages", () => {
  const nameOf = (queue: string) => read(`show --queue ${queue}`);
  for (const queue of ["scan.answer", "dlq.scan.answer"]) {
    expect(nameOf(queue)).toMatchObject({ queue: { name: "dlq.scan.answer", isArchive: false } });
  }
  expect(nameOf("archive.scan.answer")).toMatchObject({ queue: { name: "archive.scan.answer" } });
});

test("without a command it lists, and nothing is deleted unasked", () => {
  expect(read("")).toEqual({ command: "list", json: false });
  expect(() => read("purge --queue scan.rule")).toThrow("--yes");
  expect(read("purge --queue scan.rule --yes")).toMatchObject({ command: "purge", limit: 100 });
});

test("what makes no sense is refused before anything is touched", () => {
  for (const line of [
    "explode",
    "redrive",
    "redrive --queue scan.nothing",
    "redrive --queue scan.rule --from-stage done",
    "redrive --queue scan.rule --limit 0",
    "redrive --queue scan.rule --limit 1e9",
    "redrive --queue scan.rule --typo",
    "archive --queue archive.scan.rule",
    "purge --queue scan.rule --yes --dry-run",
    "list more",
  ]) {
    expect([line, catching(() => read(line))]).toEqual([line, "UsageError"]);
  }
});

function catching(work: () => unknown): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    return error instanceof UsageError ? "UsageError" : String(error);
  }
}
