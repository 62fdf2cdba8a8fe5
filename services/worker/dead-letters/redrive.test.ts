import { expect, test } from "bun:test";
import { decide } from "./redrive.ts";

const scan = {
  job_id: "0190b2a0-0000-7000-8000-000000000001",
  user_id: "u",
  image_url: "https://images.test/a.jpg",
  user_input: "",
  model: "gpt-5.2",
  submitted_at: 1,
};
const vision = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: null,
  },
  situation_tags: [],
  meta: { user_input: "", model: "gpt-5.2", estimate: false },
};

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
  expect(first("scan.answer", { ...scan, vision })).toBe("redrive");
  expect(first("scan.reward", { ...scan, vision })).toBe("archive");
});

test("an RPC is archived: its caller waits no more", () => {
  const body = { job_id: scan.job_id, user_id: "u", match_label: "유리병" };
  expect(decide({ task: "character.match", body, epoch: 0 })).toBe("archive");
});
