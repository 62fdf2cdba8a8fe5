import { expect, test } from "bun:test";
import { machineText, readCommit } from "./machine.ts";

test("a machine is described in one line", () => {
  const versions = { bun: "1.4.5", postgres: "15.13", redis: "7.0.15", rabbitmq: "3.10.8" };
  const os = "Debian GNU/Linux 12";
  const machine = { cores: 2, cpu: "Some CPU", memoryGb: 8.3, os, kernel: "6.1.0", versions };
  expect(machineText(machine)).toBe(
    "2 cores · Some CPU · 8.3 GB · Debian GNU/Linux 12, kernel 6.1.0 · " +
      "Bun 1.4.5 · PostgreSQL 15.13 · Redis 7.0.15 · RabbitMQ 3.10.8",
  );
});

test("the commit can be read here", () => {
  expect(readCommit() ?? "0000000").toMatch(/^[0-9a-f]{7,}\+?$/);
});
