import { expect, test } from "bun:test";
import { glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { decide } from "./redrive.ts";

const scan = scanMessage();

test("a dead letter is redriven three times and then archived", () => {
  const decisions = [0, 1, 2, 3, 4].map((epoch) =>
    decide({ task: "scan.vision", body: scan, epoch }),
  );
  expect(decisions).toEqual(["redrive", "redrive", "redrive", "archive", "archive"]);
});

test("what its task could not read is archived", () => {
  const first = (task: string, body: unknown) => decide({ task, body, epoch: 0 });
  expect(first("scan.vision", undefined)).toBe("archive");
  expect(first("scan.vision", { ...scan, job_id: 1 })).toBe("archive");
  expect(first("scan.answer", scan)).toBe("archive");
  expect(first("scan.answer", { ...scan, vision: glassVision })).toBe("redrive");
  expect(first("scan.reward", { ...scan, vision: glassVision })).toBe("archive");
});

test("an RPC is archived: its caller waits no more", () => {
  const body = { job_id: scan.job_id, user_id: "u", match_label: "유리병" };
  expect(decide({ task: "character.match", body, epoch: 0 })).toBe("archive");
});
