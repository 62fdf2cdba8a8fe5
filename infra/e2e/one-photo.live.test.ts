import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { MIDDLES } from "#lib/contract/vocabulary.ts";
import { petVision } from "#lib/testing/pet-bottle.ts";
import { until } from "#lib/testing/until.ts";
import type { ApiClient } from "../harness/api-client.ts";
import { type Harness, startHarness } from "./harness.ts";

const sample = (name: string) =>
  Bun.file(new URL(`../samples/${name}.jpg`, import.meta.url)).bytes();
let eco2: Harness;
beforeAll(async () => {
  eco2 = await startHarness();
}, 60_000);
beforeEach(() => eco2.model.reset());
afterAll(() => eco2?.stop());

/** Has the model say of a photo what is written on it, and returns what that has earned. */
async function earn(api: ApiClient, photo: Uint8Array, material: string) {
  const seen = { major_category: "재활용폐기물", middle_category: material, minor_category: null };
  eco2.model.next("vision", { content: { ...petVision.content, classification: seen } });
  const image_url = await api.upload(photo, "image/jpeg");
  const job = await api.submit(image_url, "");
  await api.follow(job.stream_url, () => undefined);
  return (await api.result(job.result_url)).reward;
}

test("one photo earns one character, whatever it makes the model say and however it is sent", async () => {
  const { id, api } = eco2.newUser();
  const photo = await sample("wine-bottle");
  const [first = "", ...others] = MIDDLES.filter((middle) =>
    CHARACTERS.some(({ matchLabel }) => matchLabel === middle),
  );
  expect(await earn(api, photo, first)).toMatchObject({ received: true });
  for (const [i, material] of others.entries()) {
    const again = new Bun.Image(photo).rotate(90 * (i % 4)).resize(400 + 40 * i, undefined);
    expect(await earn(api, await again.jpeg({ quality: 60 }).bytes(), material)).toBeNull();
  }
  expect(await earn(api, photo, first)).toMatchObject({ received: false, already_owned: true });
  expect(await earn(api, await sample("coffee-cup"), others[0] ?? "")).toMatchObject({
    received: true,
  });
  const url = `${eco2.origin}/api/v1/users/me/characters`;
  const mine = async () => (await fetch(url, { headers: { "x-user-id": id } })).json();
  await until(async () => (await mine()).characters.length === 3);
}, 120_000);

test("one photo, sent as every material at once, earns one character", async () => {
  const { api } = eco2.newUser();
  const photo = await sample("scissors");
  const earned = await Promise.all(
    ["유리병", "종이", "금속류", "무색페트병"].map((material) => earn(api, photo, material)),
  );
  expect(earned.filter((reward) => reward?.received)).toHaveLength(1);
}, 60_000);
