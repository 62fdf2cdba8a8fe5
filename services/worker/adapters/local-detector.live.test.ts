import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "#lib/error/fault.ts";
import { COCO_OBJECTS } from "../local-model/photo-object.ts";
import { LocalDetector, type LocalDetectorOptions } from "./local-detector.ts";

const never = new AbortController().signal;
const real = new LocalDetector();
const opened: LocalDetector[] = [];

afterEach(() => {
  for (const detector of opened.splice(0)) detector.close();
});
afterAll(() => real.close());

test.each([
  ["citrus", "오렌지"],
  ["coffee-cup", "컵"],
  ["scissors", "가위"],
  ["wine-bottle", "병"],
])("the photo %s shows %s first of all", async (photo, name) => {
  const detections = await real.detect(await sample(photo), never);
  expect(COCO_OBJECTS[detections?.[0]?.index ?? -1]?.name).toBe(name);
  expect(detections?.[0]?.score).toBeWithin(0.4, 1);
});

test("the main loop keeps running while a photo is looked at", async () => {
  const photo = await sample("citrus");
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const begun = performance.now();
  await real.detect(photo, never);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan((performance.now() - begun) / 5 / 3);
});

test("no handler for the whole process is left behind", async () => {
  await real.detect(await sample("scissors"), never);
  expect(process.listenerCount("unhandledRejection")).toBe(0);
  expect(process.listenerCount("uncaughtException")).toBe(0);
});

test("bytes that are no image are the photo's fault, and the next photo is looked at", async () => {
  const junk = { bytes: new Uint8Array(64), mime: "image/jpeg" } as const;
  expect((await faultOf(real.detect(junk, never))).code).toBe("IMAGE_CORRUPT");
  expect(await real.detect(await sample("scissors"), never)).toHaveLength(1);
});

test("an aborted caller is rejected with its reason at once, and others are served", async () => {
  const photo = await sample("scissors");
  const caller = new AbortController();
  const running = real.detect(photo, caller.signal);
  const waiting = real.detect(photo, caller.signal);
  const other = real.detect(photo, never);
  const reason = new Error("soft limit");
  caller.abort(reason);
  const begun = performance.now();
  expect(await rejection(running)).toBe(reason);
  expect(await rejection(waiting)).toBe(reason);
  expect(performance.now() - begun).toBeLessThan(50);
  expect(await rejection(real.detect(photo, caller.signal))).toBe(reason);
  expect(await other).toHaveLength(1);
});

/** Supervision is tried with a thread that does as the first byte of the photo says. */
const [answers, throws, exits, loops] = [0, 1, 2, 3];
const obedient = join(tmpdir(), `eco2-obedient-${process.pid}.mjs`);
beforeAll(() =>
  Bun.write(
    obedient,
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", ([order]) => {
       if (order === ${throws}) setTimeout(() => { throw new Error("boom"); });
       else if (order === ${exits}) process.exit(3);
       else if (order === ${loops}) for (;;);
       else parentPort.postMessage({ kind: "detections", detections: [] });
     });
     parentPort.postMessage({ kind: "ready" });`,
  ),
);
afterAll(() => Bun.file(obedient).delete());

test.each([
  ["throws", throws],
  ["exits", exits],
])("a thread that %s fails its photo only; a new one serves the next", async (_, order) => {
  const detector = open({ script: obedient });
  const failed = detector.detect(photoOf(order), never);
  const next = detector.detect(photoOf(answers), never);
  expect((await faultOf(failed)).code).toBe("MODEL_UNAVAILABLE");
  expect(await next).toEqual([]);
});

test("a stuck thread is ended in time; a new one serves the next", async () => {
  const detector = open({ script: obedient, stuckMs: 300 });
  const stuck = detector.detect(photoOf(loops), never);
  const next = detector.detect(photoOf(answers), never);
  expect((await faultOf(stuck)).code).toBe("MODEL_TIMEOUT");
  expect(await next).toEqual([]);
});

test("more photos than may wait are refused, with a time to retry", async () => {
  const detector = open({ script: obedient, photosWaitingMax: 2 });
  const accepted = [0, 0, 0].map((order) => detector.detect(photoOf(order), never));
  const fault = await faultOf(detector.detect(photoOf(answers), never));
  expect(fault.code).toBe("MODEL_RATE_LIMITED");
  expect(fault.retryAfterMs).toBe(1_000);
  expect(await Promise.all(accepted)).toEqual([[], [], []]);
});

test("a detector that is not installed says so once and never fails a photo", async () => {
  const reasons: string[] = [];
  const script = new URL("./not-installed.ts", import.meta.url);
  const detector = open({ script, onUnavailable: (reason) => reasons.push(reason) });
  const photos = [0, 0].map((order) => detector.detect(photoOf(order), never));
  expect(await Promise.all(photos)).toEqual([undefined, undefined]);
  expect(await detector.detect(photoOf(answers), never)).toBeUndefined();
  expect(reasons).toHaveLength(1);
});

test("closing rejects what is under way", async () => {
  const detector = open({ script: obedient });
  const photos = [loops, answers].map((order) => faultOf(detector.detect(photoOf(order), never)));
  detector.close();
  expect((await Promise.all(photos)).map((fault) => fault.code)).toEqual([
    "MODEL_UNAVAILABLE",
    "MODEL_UNAVAILABLE",
  ]);
});

function open(options: LocalDetectorOptions): LocalDetector {
  const detector = new LocalDetector(options);
  opened.push(detector);
  return detector;
}

function photoOf(order = 0) {
  return { bytes: new Uint8Array([order]), mime: "image/jpeg" } as const;
}

async function sample(name: string) {
  const file = Bun.file(new URL(`../../../infra/samples/${name}.jpg`, import.meta.url));
  return { bytes: await file.bytes(), mime: "image/jpeg" } as const;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.unreachable(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await rejection(promise);
  if (error instanceof Fault) return error;
  throw new Error(`not a Fault: ${error}`);
}
