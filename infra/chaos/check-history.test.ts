import { describe, expect, test } from "bun:test";
import { checkHistory, type Expectations } from "./check-history.ts";
import type { Follow, History, LoggedEvent, ModelCall } from "./history.ts";

const job = {
  id: "j1",
  userId: "u1",
  token: "reward-1-run",
  expected: "completed",
  earns: false,
  submittedAt: 1_000,
} as const;
const seqs = [0, 10, 11, 21, 30, 31, 41, 51];
const stages = ["queued", "vision", "rule", "answer", "reward", "done"];
const statuses = ["started", "completed", "failed"];

function event(seq: number, ts = 1_000 + seq): LoggedEvent {
  const inEpoch = seq % 100;
  const stage = stages[Math.floor(inEpoch / 10)] ?? "";
  return { jobId: job.id, seq, stage, status: statuses[inEpoch % 10] ?? "", ts };
}

const result = { http: 200, status: "completed", token: job.token } as const;
const reward = { received: true, code: "char-petty" };
const calls: ModelCall[] = [
  { token: job.token, stage: "vision", at: 1_005, usable: true },
  { token: job.token, stage: "answer", at: 1_025, usable: true },
];
const follow: Follow = {
  jobId: job.id,
  seen: seqs.map((seq) => ({ seq, at: 1_001 + seq })),
  connects: 1,
  refusals: [],
  resultAtEnd: result,
};

/** A run in which nothing went wrong. */
const clean: History = {
  jobs: [job],
  refused: [],
  unanswered: [],
  events: seqs.map((seq) => event(seq)),
  replays: new Map([[job.id, seqs]]),
  calls,
  interruptions: [],
  follows: [follow],
  results: new Map([[job.id, { ...result, reward }]]),
  ownerships: [{ userId: "u1", code: "char-petty", jobId: job.id }],
  collections: [{ userId: "u1", code: "char-petty" }],
  leftovers: new Map(),
  missingQueues: [],
  acceptedAt: [],
  failures: [],
  exits: [],
  recoveryMs: 500,
};

const demands: Expectations = {
  recoveryMsMax: 10_000,
  mayFailWith: [],
  deadLetters: new Map(),
};

/** The guarantees that a changed history breaks. */
function broken(change: Partial<History>, changed: Partial<Expectations> = {}): string[] {
  const breaches = checkHistory({ ...clean, ...change }, { ...demands, ...changed });
  return [...new Set(breaches.map(({ guarantee }) => guarantee))];
}

test("a clean history breaks nothing", () => {
  expect(checkHistory(clean, demands)).toEqual([]);
});

describe("an end", () => {
  const open = clean.events.slice(0, -2);
  const openReplay = new Map([[job.id, seqs.slice(0, -2)]]);
  const quiet = { events: open, replays: openReplay, follows: [] };

  test("that never comes is a lost scan, which is named", () => {
    expect(broken(quiet)).toEqual(["lost"]);
    const [breach] = checkHistory({ ...clean, ...quiet }, demands);
    expect(breach).toMatchObject({ jobId: "j1", detail: expect.stringContaining("answer") });
  });

  test("of which no trace is left is a lost scan", () => {
    expect(broken({ events: [], replays: new Map(), follows: [] })).toEqual(["lost"]);
  });

  test("is not missing where the scan's message may have gone with a deleted queue", () => {
    const change = { events: clean.events.slice(0, 3), replays: new Map([[job.id, [0, 10, 11]]]) };
    const stopped = { ...change, follows: [], results: new Map(), ownerships: [], collections: [] };
    const deletedAt = (from: number) => ({ kind: "queue", from, to: from + 5 }) as const;
    expect(broken({ ...stopped, interruptions: [deletedAt(1_020)] })).toEqual([]);
    expect(broken({ ...stopped, interruptions: [deletedAt(3_000)] })).toEqual(["lost"]);
  });

  test("that comes both ways in one epoch is a duplicate", () => {
    const events = [...clean.events, event(52)];
    expect(broken({ events, replays: new Map([[job.id, [...seqs, 52]]]), follows: [] })).toEqual([
      "duplicate",
    ]);
  });

  test("that is announced again is a duplicate, unless Redis had forgotten the first", () => {
    const events = [...clean.events, event(51, 2_000)];
    expect(broken({ events })).toEqual(["duplicate"]);
    const interruptions = [{ kind: "wipe", from: 1_500, to: 1_501 }] as const;
    expect(broken({ events, interruptions })).toEqual([]);
  });

  test("of an earlier epoch does not end the newest", () => {
    const events = [...clean.events, event(110)];
    const replays = new Map([[job.id, [...seqs, 110]]]);
    expect(broken({ events, replays, follows: [] })).toEqual(["lost"]);
  });

  test("as failed, of a sound scan, is an outcome that was not designed", () => {
    const failed = { http: 200, status: "failed", errorCode: "IMAGE_UNREACHABLE" } as const;
    const change: Partial<History> = {
      events: [...clean.events.slice(0, -2), event(42), event(52)],
      replays: new Map([[job.id, [...seqs.slice(0, -2), 42, 52]]]),
      results: new Map([[job.id, failed]]),
      follows: [],
    };
    expect(broken(change)).toEqual(["outcome"]);
    expect(broken(change, { mayFailWith: ["IMAGE_UNREACHABLE"] })).toEqual([]);
  });
});

describe("a result", () => {
  test("that cannot be read, says otherwise, or is another job's is a breach", () => {
    expect(broken({ results: new Map() })).toEqual(["result"]);
    for (const other of [
      { http: 404 },
      { ...result, status: "failed" },
      { ...result, token: "x" },
    ]) {
      expect(broken({ results: new Map([[job.id, other]]) })).toEqual(["result"]);
    }
  });

  test("that cannot be read the moment the end is seen is a breach", () => {
    for (const resultAtEnd of [undefined, { http: 404 }, { http: 202, status: "processing" }]) {
      expect(broken({ follows: [{ ...follow, resultAtEnd }] })).toEqual(["result"]);
    }
  });
});

describe("a model", () => {
  const again = (at: number, usable = true): ModelCall[] => [
    ...calls,
    { token: job.token, stage: "vision", at, usable },
  ];

  test("that is paid twice without a reason is a breach", () => {
    expect(broken({ calls: again(1_007) })).toEqual(["paid"]);
  });

  test("may be asked again after it gave nothing that could be used", () => {
    expect(broken({ calls: again(1_002, false) })).toEqual([]);
  });

  test("may be paid once more for each interruption, and not twice", () => {
    const interruptions = [{ kind: "worker", from: 1_006, to: 1_006 }] as const;
    expect(broken({ calls: again(1_007), interruptions })).toEqual([]);
    const third = { token: job.token, stage: "vision", at: 1_009, usable: true } as const;
    expect(broken({ calls: [...again(1_007), third], interruptions })).toEqual(["paid"]);
  });

  test("is not paid again because a worker lost its connection: the stage has a lease", () => {
    const interruptions = [{ kind: "link", from: 1_006, to: 1_006 }] as const;
    expect(broken({ calls: again(1_007), interruptions })).toEqual(["paid"]);
  });

  test("is paid nothing for a scan whose submit was answered with an error", () => {
    expect(broken({ refused: ["reward-2-run"] })).toEqual([]);
    const ran = { token: "reward-2-run", stage: "vision", at: 1_007, usable: true } as const;
    expect(broken({ refused: ["reward-2-run"], calls: [...calls, ran] })).toEqual(["refused"]);
  });

  test("is paid once at most for a scan of which nobody knows whether it was accepted", () => {
    const unanswered = ["reward-2-run"];
    const ran = { token: "reward-2-run", stage: "vision", at: 1_007, usable: true } as const;
    expect(broken({ unanswered, calls: [...calls, ran] })).toEqual([]);
    expect(broken({ unanswered, calls: [...calls, ran, ran] })).toEqual(["paid"]);
  });

  test("is never paid for what was saved, whatever happened, unless Redis forgot it", () => {
    const late = again(5_000);
    const died = { kind: "worker", from: 4_000, to: 4_000 } as const;
    expect(broken({ calls: late, interruptions: [died] })).toEqual(["paid"]);
    const wiped = { kind: "wipe", from: 4_000, to: 4_000 } as const;
    expect(broken({ calls: late, interruptions: [wiped] })).toEqual([]);
  });
});

describe("a grant", () => {
  const row = { userId: "u1", code: "char-petty", jobId: job.id };

  test("that is there twice, or in one table only, is a breach", () => {
    expect(broken({ ownerships: [row, row] })).toEqual(["grant"]);
    expect(broken({ collections: [] })).toEqual(["grant"]);
    const other = { ...row, code: "char-bini" };
    expect(broken({ collections: [row, other] })).toEqual(["grant"]);
  });

  test("that was promised, or said to be older, and is not there is a breach", () => {
    for (const said of [reward, { ...reward, received: false }]) {
      const results = new Map([[job.id, { ...result, reward: said }]]);
      expect(broken({ ownerships: [], collections: [], results })).toEqual(["grant"]);
    }
  });

  test("that was earned, and is not in the result of a completed scan, is a breach", () => {
    const jobs = [{ ...job, earns: true }];
    const without = new Map([[job.id, { ...result, reward: undefined }]]);
    expect(broken({ jobs, results: without })).toEqual(["grant"]);
    const results = new Map([[job.id, { ...result, reward }]]);
    expect(broken({ jobs, results })).toEqual([]);
  });

  test("received by two scans is a breach", () => {
    const twin = { ...job, id: "j2" };
    const change: Partial<History> = {
      jobs: [job, twin],
      events: [...clean.events, ...clean.events.map((one) => ({ ...one, jobId: "j2" }))],
      replays: new Map([...clean.replays, ["j2", seqs]]),
      results: new Map([
        [job.id, { ...result, reward }],
        ["j2", { ...result, reward }],
      ]),
    };
    expect(broken(change)).toEqual(["grant"]);
  });
});

describe("a stream", () => {
  const seeing = (...seen: number[]): Partial<History> => ({
    follows: [{ ...follow, seen: seen.map((seq) => ({ seq, at: 1_001 + seq })) }],
  });

  test("with a gap, a repetition, a step back or an invention is a breach", () => {
    expect(broken(seeing(0, 10, 11, 30, 31, 41, 51))).toEqual(["sse"]);
    expect(broken(seeing(0, 10, 10, 11, 21, 30, 31, 41, 51))).toEqual(["sse"]);
    expect(broken(seeing(0, 10, 21, 11, 30, 31, 41, 51))).toEqual(["sse"]);
    expect(broken(seeing(0, 10, 11, 21, 30, 31, 40, 41, 51))).toEqual(["sse"]);
  });

  test("that never reaches the end, or is refused, is a breach", () => {
    expect(broken(seeing(0, 10, 11, 21))).toEqual(["sse"]);
    expect(broken({ follows: [{ ...follow, refusals: [404] }] })).toEqual(["sse"]);
  });

  test("may miss what Redis forgot before it was seen, and nothing after", () => {
    const interruptions = [{ kind: "wipe", from: 1_012, to: 1_012 }] as const;
    expect(broken({ ...seeing(0, 21, 30, 31, 41, 51), interruptions })).toEqual([]);
    expect(broken({ ...seeing(0, 10, 11, 30, 31, 41, 51), interruptions })).toEqual(["sse"]);
  });

  test("may miss what Redis is told with the end, where the end came from what is stored", () => {
    const interruptions = [{ kind: "wipe", from: 1_012, to: 1_012 }] as const;
    const events = seqs.map((seq) => (seq === 41 ? event(41, 1_051) : event(seq)));
    const unseen = { ...seeing(0, 10, 11, 21, 30, 31, 51), events };
    expect(broken({ ...unseen, interruptions })).toEqual([]);
    expect(broken(unseen)).toEqual(["sse"]);
  });

  test("of a scan that completed without telling every step is a breach", () => {
    const some = seqs.filter((seq) => seq !== 21);
    const replays = new Map([[job.id, some]]);
    expect(broken({ events: some.map((seq) => event(seq)), replays, follows: [] })).toEqual([
      "sse",
    ]);
  });

  test("whose replay log differs from what went out live is a breach", () => {
    expect(broken({ replays: new Map([[job.id, seqs.slice(1)]]) })).toEqual(["sse"]);
  });
});

test("no new scan in time is a breach", () => {
  expect(broken({ recoveryMs: undefined })).toEqual(["recovery"]);
  expect(broken({ recoveryMs: 10_001 })).toEqual(["recovery"]);
});

test("messages that are left behind, or were expected and are not, are a breach", () => {
  expect(broken({ leftovers: new Map([["scan.rule", 1]]) })).toEqual(["leftover"]);
  expect(broken({ leftovers: new Map([["dlq.scan.rule", 1]]) })).toEqual(["leftover"]);
  const deadLetters = new Map([["dlq.scan.vision", 3]]);
  expect(broken({}, { deadLetters })).toEqual(["leftover"]);
  const moved = new Map([
    ["dlq.scan.vision", 1],
    ["archive.scan.vision", 2],
  ]);
  expect(broken({ leftovers: moved }, { deadLetters })).toEqual([]);
  expect(broken({ missingQueues: ["scan.rule"] })).toEqual(["leftover"]);
});

test("a crash is a breach", () => {
  expect(broken({ exits: ["worker-2 ended by itself with 1"] })).toEqual(["process"]);
});
