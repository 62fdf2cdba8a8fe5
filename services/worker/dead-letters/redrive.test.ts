import { describe, expect, test } from "bun:test";
import type { TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { type DeadLetter, decide, settleEach } from "./redrive.ts";

const job = {
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

test("a letter is revived three times and then archived", () => {
  const outcomes = [0, 1, 2, 3, 4].map((epoch) => decide("scan.vision", { body: job, epoch }));
  expect(outcomes).toEqual(["revive", "revive", "revive", "archive", "archive"]);
});

test("what its task could not read is archived", () => {
  const first = (task: TaskName, body: unknown) => decide(task, { body, epoch: 0 });
  expect(first("scan.vision", undefined)).toBe("archive");
  expect(first("scan.vision", { ...job, job_id: 1 })).toBe("archive");
  expect(first("scan.answer", job)).toBe("archive");
  expect(first("scan.answer", { ...job, vision })).toBe("revive");
  expect(first("scan.reward", { ...job, vision })).toBe("archive");
});

test("an RPC is archived: its caller waits no more", () => {
  const body = { job_id: job.job_id, user_id: "u", match_label: "유리병" };
  expect(decide("character.match", { body, epoch: 0 })).toBe("archive");
});

describe("settling letters", () => {
  function letters(count: number) {
    const did: string[] = [];
    const say = (index: number, what: string) => async () => void did.push(`${index} ${what}`);
    const made = Array.from(
      { length: count },
      (_, i): DeadLetter => ({
        body: { i },
        epoch: 0,
        revive: say(i, "revive"),
        archive: say(i, "archive"),
        remove: say(i, "remove"),
        giveBack: say(i, "give back"),
      }),
    );
    return { did, made };
  }
  const failingAt = (index: number, fault: Fault) => async (letter: DeadLetter) => {
    if (JSON.stringify(letter.body) === JSON.stringify({ i: index })) throw fault;
    await letter.revive("scan.vision", letter.body);
    return "revived" as const;
  };

  test("gives the rest back when a service is away", async () => {
    const { did, made } = letters(3);
    const settled = settleEach("scan.vision", made, failingAt(1, new Fault("UNAVAILABLE")));
    expect(settled).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await settled.catch(() => undefined);
    expect(did).toEqual(["0 revive", "1 give back", "2 give back"]);
  });

  test("archives one that cannot be settled, and goes on", async () => {
    const { did, made } = letters(3);
    const moved = await settleEach("scan.vision", made, failingAt(1, new Fault("INTERNAL")));
    expect(did).toEqual(["0 revive", "1 archive", "2 revive"]);
    expect(moved.map(({ outcome }) => outcome)).toEqual(["revived", "archived", "revived"]);
  });
});
