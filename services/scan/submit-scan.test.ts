import { describe, expect, test } from "bun:test";
import type { Claim } from "#lib/contract/idempotency.ts";
import { Fault } from "#lib/error/fault.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { type Submission, type SubmitDeps, submitScan } from "./submit-scan.ts";

const freshId = "019bd000-0000-7000-8000-000000000001";
const earlierId = "019bd000-0000-7000-8000-000000000002";

/** Dependencies that write down what is asked of them; `broken` ones reject instead. */
function given({ claim, broken = {}, ...sent }: Given = {}) {
  const steps: string[] = [];
  const published: ScanMessage[] = [];
  const step = async (name: string) => {
    steps.push(name);
    if (broken[name]) throw broken[name];
  };
  const deps: SubmitDeps = {
    models: { byDefault: "gpt-5.2", supported: new Set(["gpt-5.2", "local"]) },
    clock: { now: () => 1_800_000_000_000 },
    newJobId: () => freshId,
    checkImage: () => step("check image"),
    idempotency: {
      claim: async (userId, key, _, jobId) => {
        await step(`claim ${userId} ${key}`);
        return claim ?? { kind: "claimed", jobId };
      },
      confirm: () => step("confirm key"),
      release: () => step("release key"),
    },
    emitQueued: async () => {
      await step("emit queued");
      return async (mayCome) => {
        await step(mayCome ? "retract what may come" : "retract");
        return sent.hasBegun !== true;
      };
    },
    canPublish: () => sent.canPublish ?? true,
    checkMemory: async () => {
      if (broken["check memory"]) throw broken["check memory"];
    },
    countSubmit: async () => {
      await step("count submit");
      return { own, scope: sent.exhausted };
    },
    publish: async (message) => {
      await step("publish");
      published.push(message);
      return sent.publish ?? "confirmed";
    },
  };
  return { deps, steps, published };
}

const own = { name: "submits", limit: 9, remaining: 8, windowS: 60, resetS: 7 };

interface Given {
  readonly claim?: Claim;
  readonly broken?: Record<string, Fault>;
  readonly canPublish?: boolean;
  readonly exhausted?: "user" | "global";
  readonly publish?: "confirmed" | "unknown";
  /** A stage of the job has begun when it is to be retracted. */
  readonly hasBegun?: boolean;
}

const submission: Submission = {
  userId: "u",
  request: { image_url: "https://cdn.example.com/a.jpg", user_input: "이거?" },
  idempotencyKey: "k",
  traceparent: "00-1-2-01",
};

describe("submitScan", () => {
  test("claims, checks the image, emits `queued`, publishes, and only then confirms the key", async () => {
    const { deps, steps, published } = given();
    const { answer, replayed } = await submitScan(deps, submission);
    expect(steps).toEqual([
      "claim u k",
      "count submit",
      "check image",
      "emit queued",
      "publish",
      "confirm key",
    ]);
    expect(replayed).toBe(false);
    expect(answer).toEqual({
      job_id: freshId,
      stream_url: `/api/v1/stream?job_id=${freshId}`,
      result_url: `/api/v1/scan/result/${freshId}`,
      status: "queued",
    });
    expect(published).toEqual([
      {
        job_id: freshId,
        user_id: "u",
        image_url: "https://cdn.example.com/a.jpg",
        user_input: "이거?",
        model: "gpt-5.2",
        submitted_at: 1_800_000_000_000,
      },
    ]);
  });

  test("without a key claims, confirms and releases nothing", async () => {
    const { deps, steps } = given();
    const { idempotencyKey: _, ...rest } = submission;
    await submitScan(deps, { ...rest, idempotencyKey: undefined });
    expect(steps).toEqual(["count submit", "check image", "emit queued", "publish"]);
  });

  test("a publish without a confirm retracts what may come, and then frees the key", async () => {
    const { deps, steps } = given({ publish: "unknown" });
    const submitting = rejection(submitScan(deps, submission));
    expect(await submitting).toMatchObject({ code: "UNAVAILABLE" });
    expect(steps.slice(-3)).toEqual(["publish", "retract what may come", "release key"]);
  });

  test.each([
    [{ publish: "unknown" }],
    [{ broken: { publish: new Fault("UNAVAILABLE") } }],
  ] as const)(
    "a scan that has begun is accepted, whatever came of its publish: %j",
    async (sent) => {
      const { deps, steps } = given({ ...sent, hasBegun: true });
      const { answer } = await submitScan(deps, submission);
      expect([answer.job_id, steps.at(-1)]).toEqual([freshId, "confirm key"]);
    },
  );

  test("while nothing can be published it is refused at once, and leaves nothing behind", async () => {
    const { deps, steps } = given({ canPublish: false });
    const submitting = rejection(submitScan(deps, submission));
    expect(await submitting).toMatchObject({ code: "UNAVAILABLE" });
    expect(steps).toEqual(["claim u k", "release key"]);
  });

  test.each([
    ["user", "RATE_LIMITED"],
    ["global", "OVERLOADED"],
  ] as const)(
    "beyond the quota of %s it is %s, and leaves nothing behind",
    async (exhausted, code) => {
      const { deps, steps } = given({ exhausted });
      expect(await rejection(submitScan(deps, submission))).toMatchObject({ code });
      expect(steps).toEqual(["claim u k", "count submit", "release key"]);
    },
  );

  test("a replay, and what is refused before its photo is looked at, counts against no quota", async () => {
    const others: Given[] = [
      { claim: { kind: "answered", jobId: freshId } },
      { claim: { kind: "in_flight" } },
      { claim: { kind: "mismatch" } },
      { canPublish: false },
      { broken: { "check memory": new Fault("UNAVAILABLE") } },
    ];
    for (const one of others) {
      const { deps, steps } = given(one);
      await submitScan(deps, submission).catch(() => undefined);
      expect(steps).not.toContain("count submit");
    }
  });

  test("while there is no memory for more it is refused, before anything is written of it", async () => {
    const fault = new Fault("UNAVAILABLE");
    const { deps, steps } = given({ broken: { "check memory": fault } });
    expect(await rejection(submitScan(deps, submission))).toBe(fault);
    expect(steps).toEqual(["claim u k", "release key"]);
  });

  test("a refused publish takes `queued` back, frees the key and passes the fault on", async () => {
    const fault = new Fault("UNAVAILABLE");
    const { deps, steps } = given({ broken: { publish: fault } });
    expect(await rejection(submitScan(deps, submission))).toBe(fault);
    expect(steps.slice(-3)).toEqual(["publish", "retract", "release key"]);
  });

  test("passes the first fault on even when cleaning up fails as well", async () => {
    const fault = new Fault("UNAVAILABLE");
    const broken = { publish: fault, "release key": new Fault("INTERNAL") };
    const { deps, steps } = given({ broken });
    expect(await rejection(submitScan(deps, submission))).toBe(fault);
    expect(steps).toContain("release key");
  });

  test.each<[string, Given]>([
    ["retract what may come", { publish: "unknown" }],
    ["retract", { broken: { publish: new Fault("UNAVAILABLE") } }],
  ])(
    "what cannot be taken back is not called refused, and its key stays: %s",
    async (name, sent) => {
      const cause = new Fault("UNAVAILABLE");
      const { deps, steps } = given({ ...sent, broken: { ...sent.broken, [name]: cause } });
      const thrown = await rejection(submitScan(deps, submission));
      expect(thrown).toMatchObject({ code: "SUBMIT_UNCONFIRMED", cause, retryAfterMs: 10_000 });
      expect(steps.slice(-2)).toEqual(["publish", name]);
    },
  );

  test("an image that cannot be used frees the key, and nothing is emitted", async () => {
    const fault = new Fault("IMAGE_EMPTY");
    const { deps, steps } = given({ broken: { "check image": fault } });
    expect(await rejection(submitScan(deps, submission))).toBe(fault);
    expect(steps).toEqual(["claim u k", "count submit", "check image", "release key"]);
  });

  test("an accepted scan is accepted even when its key cannot be confirmed", async () => {
    const { deps, steps } = given({ broken: { "confirm key": new Fault("UNAVAILABLE") } });
    const { answer } = await submitScan(deps, submission);
    expect(answer.job_id).toBe(freshId);
    expect(steps).not.toContain("release key");
  });

  test("a replay gets the first job's answer and starts nothing", async () => {
    const { deps, steps } = given({ claim: { kind: "answered", jobId: earlierId } });
    const { answer, replayed } = await submitScan(deps, submission);
    expect([answer.job_id, replayed]).toEqual([earlierId, true]);
    expect(steps).toEqual(["claim u k"]);
  });

  test("a takeover runs the job id of the submit that died", async () => {
    const { deps, published } = given({ claim: { kind: "claimed", jobId: earlierId } });
    const { answer, replayed } = await submitScan(deps, submission);
    expect([answer.job_id, replayed]).toEqual([earlierId, false]);
    expect(published.map(({ job_id }) => job_id)).toEqual([earlierId]);
  });

  test.each([
    ["in_flight", "IDEMPOTENCY_IN_FLIGHT"],
    ["mismatch", "IDEMPOTENCY_MISMATCH"],
  ] as const)(
    "a key that is %s is refused, and not released: it is not ours",
    async (kind, code) => {
      const { deps, steps } = given({ claim: { kind } });
      expect(await rejection(submitScan(deps, submission))).toMatchObject({ code });
      expect(steps).toEqual(["claim u k"]);
    },
  );

  test("an unknown model is refused before the key is claimed, naming the known ones", async () => {
    const { deps, steps } = given();
    const request = { ...submission.request, model: "gpt-99" };
    expect(await rejection(submitScan(deps, { ...submission, request }))).toMatchObject({
      code: "UNSUPPORTED_MODEL",
      extra: { supported: ["gpt-5.2", "local"] },
    });
    expect(steps).toEqual([]);
  });

  test("a model that is asked for travels with the message", async () => {
    const { deps, published } = given();
    await submitScan(deps, {
      ...submission,
      request: { ...submission.request, model: "local" },
    });
    expect(published.map(({ model }) => model)).toEqual(["local"]);
  });
});

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
