import { afterAll, beforeEach, expect, test } from "bun:test";
import { Tally } from "./users-tally.ts";
import { runUser } from "./users-virtual-user.ts";

/** A scan API of one user whose answers are given one by one; the last one stays. */
let submits: (() => Response)[] = [];
let streams: (() => Response)[] = [];
const asked: string[] = [];
const keys: (string | null)[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const { pathname } = new URL(request.url);
    asked.push(`${pathname} ${request.headers.get("last-event-id") ?? ""}`.trim());
    if (pathname === "/result") return Response.json({ status: "completed" });
    if (pathname === "/stream") return next(streams);
    keys.push(request.headers.get("x-idempotency-key"));
    return next(submits);
  },
});
afterAll(() => server.stop(true));
beforeEach(() => {
  submits = [accepted];
  streams = [() => stream(event("queued", 0), event("done", 51))];
  asked.length = 0;
  keys.length = 0;
});

function next(answers: (() => Response)[]): Response {
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  return answer?.() ?? new Response(null, { status: 500 });
}

function accepted(): Response {
  const answer = { job_id: "j", stream_url: "/stream", result_url: "/result", status: "queued" };
  return Response.json(answer, { status: 202 });
}

function event(name: string, id: number, ts = Date.now()): string {
  return `id: ${id}\nevent: ${name}\ndata: {"job_id":"j","seq":${id},"ts":${ts},"progress":0}\n\n`;
}

function stream(...events: string[]): Response {
  return new Response(["retry: 1\n\n", ...events].join(""));
}

/** What a user who scans this often has come to. */
async function scans(count: number, readsResultEvery = 1_000) {
  const tally = new Tally();
  tally.inWindow = true;
  await runUser({
    origin: server.url.origin,
    userId: "me",
    imageUrl: "http://127.0.0.1/a.jpg",
    tally,
    readsResultEvery,
    retryMs: 1,
    isOver: () => tally.accepted >= count && tally.inFlight() === 0,
  });
  return tally;
}

test("a user scans again at once after the end, each time with a key of its own", async () => {
  const report = await scans(3);
  expect(report).toMatchObject({ accepted: 3, completed: 3, failed: 0, errors: {} });
  expect(report.e2eMs).toHaveLength(3);
  expect(keys).toEqual(["me-0", "me-1", "me-2"]);
});

test("a stream that breaks is resumed after the last event seen, and counted", async () => {
  streams.unshift(() => stream(event("queued", 0), event("vision", 10)));
  expect(await scans(1)).toMatchObject({ accepted: 1, completed: 1, reconnects: 1 });
  expect(asked).toEqual(["/api/v1/scan", "/stream", "/stream 10"]);
});

test("a submit that is turned away is tried again with its key, and counted", async () => {
  submits.unshift(() => Response.json({ code: "UNAVAILABLE" }, { status: 503 }));
  const report = await scans(1);
  expect(report).toMatchObject({ accepted: 1, errors: { "submit 503 UNAVAILABLE": 1 } });
  expect(keys).toEqual(["me-0", "me-0"]);
});

test("a scan that fails has ended, but is not complete", async () => {
  streams = [() => stream(event("failed", 52))];
  const errors = { "scan failed": 2 };
  expect(await scans(2)).toMatchObject({ accepted: 2, completed: 0, failed: 2, errors });
});

test("every n-th result is read", async () => {
  await scans(4, 2);
  expect(asked.filter((path) => path === "/result")).toHaveLength(2);
});

test("an event from before the stream was open says nothing about lag", async () => {
  const ahead = Date.now() + 60_000;
  streams = [() => stream(event("queued", 0, 1_000), event("done", 51, ahead))];
  const { lagMs } = await scans(1);
  expect(lagMs).toHaveLength(1);
  expect(lagMs[0]).toBeLessThan(0);
});
