import { expect, test } from "bun:test";
import type { Center } from "#lib/contract/places/center.ts";
import { guardPlaceSearch } from "./place-search.ts";

const seoul = { latitude: 37.5663, longitude: 126.9779 };

/** A guarded search whose answers come from `answer`, at a time that is set. */
function given(answer: () => Promise<readonly Center[]>) {
  let now = 0;
  const asked: string[] = [];
  const opened: unknown[] = [];
  const search = guardPlaceSearch(
    {
      find: (question) => {
        asked.push(question);
        return answer();
      },
    },
    { clock: { now: () => now }, onOpen: (error) => opened.push(error) },
  );
  return { search, asked, opened, pass: (ms: number) => (now += ms) };
}

const none = async () => [];
const fail = () => Promise.reject(new Error("away"));

test("the same question from the same place is asked once in five minutes", async () => {
  const { search, asked, pass } = given(none);
  await search.find("재활용", seoul);
  await search.find("재활용", { ...seoul, latitude: seoul.latitude + 0.0001 });
  expect(asked).toHaveLength(1);
  await search.find("재활용", undefined);
  await search.find("재활용", { ...seoul, latitude: 37.6 });
  expect(asked).toHaveLength(3);
  pass(5 * 60_000);
  await search.find("재활용", seoul);
  expect(asked).toHaveLength(4);
});

test("what is remembered is bounded: the oldest is forgotten first", async () => {
  const { search, asked } = given(none);
  for (let i = 0; i <= 1_000; i++) await search.find(String(i), undefined);
  await search.find("1000", undefined);
  await search.find("1", undefined);
  expect(asked).toHaveLength(1_001);
  await search.find("0", undefined);
  expect(asked).toHaveLength(1_002);
});

test("after five failures in a row it is left alone for 30 s, then tried once", async () => {
  const { search, asked, opened, pass } = given(fail);
  for (let i = 0; i < 9; i++) expect(await search.find(String(i), undefined)).toEqual([]);
  expect([asked.length, opened.length]).toEqual([5, 1]);
  pass(30_000);
  for (let i = 0; i < 3; i++) await search.find("again", undefined);
  expect([asked.length, opened.length]).toEqual([6, 2]);
});

test("a success between failures keeps it in use, and a failure is not remembered", async () => {
  let n = 0;
  const { search, asked } = given(() => (++n % 5 === 0 ? none() : fail()));
  for (let i = 0; i < 20; i++) await search.find("q", undefined);
  // Four failures, then an answer that is remembered.
  expect(asked).toHaveLength(5);
});
