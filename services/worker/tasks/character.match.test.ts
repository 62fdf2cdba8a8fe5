import { describe, expect, test } from "bun:test";
import type { Character } from "#lib/contract/character.ts";
import { delivery } from "../scan-fixture.ts";
import { matchTask } from "./character.match.ts";

const petty: Character = {
  code: "char-petty",
  name: "페티",
  matchLabel: "무색페트병",
  dialog: "고마워!",
  isDefault: false,
};
const character = {
  code: "char-petty",
  name: "페티",
  dialog: "고마워!",
  match_label: "무색페트병",
};
const job = "019bd000-0000-7000-8000-000000000001";
const otherJob = "019bd000-0000-7000-8000-000000000002";
const request = { job_id: job, user_id: "u", match_label: "무색페트병" };

function given(grantedBy: string, holder: string) {
  const reserved: string[][] = [];
  const task = matchTask({
    catalog: { findByLabel: (label) => (label === petty.matchLabel ? petty : undefined) },
    ownerships: {
      grantedBy: async () => grantedBy,
      reserve: async (...names) => {
        reserved.push(names);
        return holder;
      },
    },
  });
  return { task, reserved };
}

describe("matching a character", () => {
  test("reserves it for the first job that asks", async () => {
    const { task, reserved } = given("none", job);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: false });
    expect(reserved).toEqual([["u", "char-petty", job]]);
  });

  test("that another job has reserved a moment ago is owned already", async () => {
    const { task } = given("none", otherJob);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: true });
  });

  test.each([otherJob, "unknown"])("that %s has granted is owned already", async (grantedBy) => {
    const { task, reserved } = given(grantedBy, job);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: true });
    expect(reserved).toEqual([]);
  });

  test("delivered again after its own grant is no older ownership", async () => {
    const { task } = given(job, otherJob);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: false });
  });

  test("finds none for a material without a character, and reserves nothing", async () => {
    const { task, reserved } = given("none", job);
    const reply = await task.run({ ...request, match_label: "금속류" }, delivery);
    expect(reply).toEqual({ character: null, already_owned: false });
    expect(reserved).toEqual([]);
  });

  test("refuses a request that is none", async () => {
    const { task } = given("none", job);
    await expect(task.run({ ...request, job_id: "1" }, delivery)).rejects.toMatchObject({
      code: "MESSAGE_INVALID",
    });
  });
});
