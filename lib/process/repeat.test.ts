import { expect, test } from "bun:test";
import { repeat } from "./repeat.ts";

test("never runs twice at once, and stops after the round it is in", async () => {
  let atOnce = 0;
  let most = 0;
  let rounds = 0;
  const third = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const timer = repeat(async () => {
    most = Math.max(most, ++atOnce);
    rounds++;
    if (rounds === 3) {
      third.resolve();
      await finish.promise;
    }
    atOnce--;
  }, 1);
  await third.promise;
  const stopped = timer.stop();
  finish.resolve();
  await stopped;
  expect([atOnce, most, rounds]).toEqual([0, 1, 3]);
});
