import { describe, expect, test } from "bun:test";
import type { Character } from "#lib/contract/character.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { delivery } from "../scan-fixture.ts";
import { type MatchDeps, matchTask, type Reservation } from "./character.match.ts";

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

interface Photos {
  readonly hashPhoto?: MatchDeps["hashPhoto"];
  /** Another character has been earned with it. */
  readonly isUsed?: boolean;
}

/** @param grantedBy the job that granted the character; undefined when the user has none */
function given(
  grantedBy: string | null | undefined,
  holder: string,
  { hashPhoto, isUsed = false }: Photos = {},
) {
  const reserved: Reservation[] = [];
  const task = matchTask({
    catalog: { findByLabel: (label) => (label === petty.matchLabel ? petty : undefined) },
    ownerships: {
      ofUser: async () =>
        grantedBy === undefined ? [] : [{ code: "char-petty", jobId: grantedBy, photo: null }],
      reserve: async (reservation) => {
        if (isUsed && reservation.photo) return undefined;
        reserved.push(reservation);
        return holder;
      },
    },
    hashPhoto: hashPhoto ?? (async () => "0123456789abcdef"),
  });
  return { task, reserved };
}

describe("matching a character", () => {
  test("reserves it for the first job that asks", async () => {
    const { task, reserved } = given(undefined, job);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: false });
    expect(reserved).toEqual([{ userId: "u", code: "char-petty", jobId: job }]);
  });

  test("that another job has reserved a moment ago is owned already", async () => {
    const { task } = given(undefined, otherJob);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: true });
  });

  test.each([otherJob, null])("that %s has granted is owned already", async (grantedBy) => {
    const { task, reserved } = given(grantedBy, job);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: true });
    expect(reserved).toEqual([]);
  });

  test("delivered again after its own grant is no older ownership", async () => {
    const { task } = given(job, otherJob);
    expect(await task.run(request, delivery)).toEqual({ character, already_owned: false });
  });

  test("finds none for a material without a character, and reserves nothing", async () => {
    const { task, reserved } = given(undefined, job);
    const reply = await task.run({ ...request, match_label: "금속류" }, delivery);
    expect(reply).toEqual({ character: null, already_owned: false });
    expect(reserved).toEqual([]);
  });

  const withPhoto = { ...request, image_url: "https://cdn.example.com/a.jpg" };
  const nothing = { character: null, already_owned: false };

  test("looks at the photo of a grant, and returns its hash for the row", async () => {
    const reply = await given(undefined, job).task.run(withPhoto, delivery);
    expect(reply).toEqual({ character, already_owned: false, photo: "0123456789abcdef" });
  });

  test("grants nothing for a photo that has earned another character, and reserves nothing", async () => {
    const { task, reserved } = given(undefined, job, { isUsed: true });
    expect([await task.run(withPhoto, delivery), reserved]).toEqual([nothing, []]);
  });

  test.each<FaultCode>(["IMAGE_NOT_FOUND", "IMAGE_CORRUPT"])(
    "grants nothing for a photo that ends as %s",
    async (code) => {
      const hashPhoto = () => Promise.reject(new Fault(code));
      const { task, reserved } = given(undefined, job, { hashPhoto });
      expect([await task.run(withPhoto, delivery), reserved]).toEqual([nothing, []]);
    },
  );

  test("is decided later where the photo's host is away", async () => {
    const hashPhoto = () => Promise.reject(new Fault("IMAGE_UNREACHABLE"));
    const { task } = given(undefined, job, { hashPhoto });
    await expect(task.run(withPhoto, delivery)).rejects.toThrow("IMAGE_UNREACHABLE");
  });

  test("does not look at the photo of a user who owns the character", async () => {
    const hashPhoto = () => Promise.reject(new Error("loaded"));
    const { task } = given(otherJob, job, { hashPhoto, isUsed: true });
    expect(await task.run(withPhoto, delivery)).toEqual({ character, already_owned: true });
  });

  test("refuses a request that is none", async () => {
    const { task } = given(undefined, job);
    await expect(task.run({ ...request, job_id: "1" }, delivery)).rejects.toMatchObject({
      code: "MESSAGE_INVALID",
    });
  });
});
