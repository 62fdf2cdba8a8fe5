import { describe, expect, test } from "bun:test";
import type { SystemStatus } from "./system-status.ts";
import { openSystemStream } from "./system-stream.ts";
import { SystemWatch } from "./watch-system.ts";

function openWatch() {
  const seen = { reads: 0, stops: 0 };
  let look: () => Promise<void> = async () => undefined;
  const read = async (): Promise<SystemStatus> => {
    seen.reads++;
    return { at: new Date(seen.reads).toISOString(), queues: null, retries: null, figures: null };
  };
  const repeat = (run: () => Promise<void>) => {
    look = run;
    return { stop: async () => void seen.stops++ };
  };
  return { watch: new SystemWatch({ read, repeat }), seen, look: () => look() };
}

const quiet = { isRevoked: () => false, now: () => 0, onEnd: () => undefined };

describe("whoever looks at the system", () => {
  test("is shown the same look as everybody, and none is taken for nobody", async () => {
    const { watch, seen, look } = openWatch();
    const shown: string[][] = [[], []];
    const leave = shown.map((mine) => watch.add(({ at }) => mine.push(at)));
    await look();
    // One for the first who came, one by the clock.
    expect(seen.reads).toBe(2);
    expect(shown[0]).toEqual(shown[1]);
    leave[0]?.();
    expect([seen.stops, watch.viewers]).toEqual([0, 1]);
    leave[1]?.();
    expect([seen.stops, watch.viewers]).toEqual([1, 0]);
  });

  test("comes later and is shown what was seen last at once", async () => {
    const { watch, look } = openWatch();
    watch.add(() => undefined);
    await look();
    const shown: string[] = [];
    watch.add(({ at }) => shown.push(at));
    expect(shown).toHaveLength(1);
  });
});

describe("the stream of a viewer", () => {
  const open = (options: Partial<Parameters<typeof openSystemStream>[0]> = {}) => {
    const opened = openWatch();
    const stream = openSystemStream({ watch: opened.watch, ...quiet, ...options });
    return { ...opened, ...stream };
  };

  test("leaves also where it is over before it has begun", async () => {
    const { watch, look } = openWatch();
    const stay = watch.add(() => undefined);
    await look();
    let ended = 0;
    const onEnd = () => void ended++;
    const opened = openSystemStream({ watch, ...quiet, isRevoked: () => true, onEnd });
    // Whoever opens it has it in hand before it ends.
    expect(ended).toBe(0);
    for await (const _ of opened.body);
    expect([ended, watch.viewers]).toEqual([1, 1]);
    stay();
  });

  test("is server-sent events, and leaves when its reader does", async () => {
    let ended = 0;
    const { body, watch, look } = open({ onEnd: () => ended++ });
    await look();
    const reader = body.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toMatch(/^retry: \d+\n\n$/);
    expect(await next()).toMatch(/^event: status\ndata: \{"at":.*\}\n\n$/);
    await reader.cancel();
    expect([ended, watch.viewers]).toEqual([1, 0]);
  });

  test.each([
    ["whose session has ended", { isRevoked: () => true }],
    [
      "that has been open for long",
      {
        now: (
          (n) => () =>
            n++ * 3_600_000
        )(0),
      },
    ],
  ])("%s is ended, once", async (_, options) => {
    let ended = 0;
    const { look, end, watch } = open({ ...options, onEnd: () => ended++ });
    await look();
    end();
    expect([ended, watch.viewers]).toEqual([1, 0]);
  });

  test("that does not read is cut, so that nothing piles up", async () => {
    let ended = 0;
    const { look } = open({ onEnd: () => ended++ });
    for (let i = 0; i < 20; i++) await look();
    expect(ended).toBe(1);
  });
});
