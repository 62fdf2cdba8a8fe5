import { expect, test } from "bun:test";
import { machineText, osName, readCommit, readLoad, versionsText } from "./machine.ts";
import { sampleResult } from "./sample-result.ts";

test("the system's name is read with and without quotes, and may be missing", () => {
  expect(osName('NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')).toBe(
    "Debian GNU/Linux 12 (bookworm)",
  );
  expect(osName("PRETTY_NAME=Alpine\n")).toBe("Alpine");
  expect(osName("ID=debian\n")).toBe("");
});

test("a machine is described in two lines", () => {
  const { machine } = sampleResult;
  expect(machineText(machine)).toBe(
    "2 cores · Some CPU · 8.3 GB · Debian GNU/Linux 12, kernel 6.1.0",
  );
  expect(versionsText(machine)).toBe(
    "Bun 1.4.5 · PostgreSQL 15.13 · Redis 7.0.15 · RabbitMQ 3.10.8",
  );
});

test("load and commit can be read here", () => {
  expect(readLoad()).toHaveLength(3);
  expect(readCommit() ?? "0000000").toMatch(/^[0-9a-f]{7,}\+?$/);
});
