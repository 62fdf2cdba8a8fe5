import { describe, expect, test } from "bun:test";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import { until } from "#lib/testing/until.ts";
import { untilCollected } from "#lib/testing/until-collected.ts";
import type { Model, Photo } from "./model.ts";
import { shareVision, type VisionShare, type VisionSource } from "./share-vision.ts";

const seen: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: "포도주병",
  },
  situation_tags: [],
};
const photo: Photo = { bytes: Uint8Array.of(1, 2, 3), mime: "image/jpeg" };
const question = { photo, userInput: "이거요" };
const open = () => new AbortController().signal;

/** The store's rules in memory; what it really does is tested where it lives. */
function memoryShare() {
  const answers = new Map<string, ModelClassification>();
  const leases = new Map<string, string>();
  const failures: boolean[] = [];
  let renewals = 0;
  const share: VisionShare = {
    begin: async (key, token) => {
      const answer = answers.get(key);
      if (answer) return { kind: "known", answer };
      if (leases.has(key)) return { kind: "wait" };
      leases.set(key, token);
      return { kind: "lead" };
    },
    renew: async () => void renewals++,
    settle: async (key, _, answer) => {
      answers.set(key, answer);
      leases.delete(key);
    },
    release: async (key, _, hasFailed) => {
      failures.push(hasFailed);
      leases.delete(key);
    },
  };
  return { share, answers, leases, failures, renewals: () => renewals };
}

/** A model that answers when the test says so. */
function scripted(name = "m") {
  const calls: PromiseWithResolvers<ModelClassification>[] = [];
  const model: Model = {
    name,
    estimate: false,
    classify: (_, signal) => {
      const call = Promise.withResolvers<ModelClassification>();
      calls.push(call);
      signal.addEventListener("abort", () => call.reject(signal.reason));
      return call.promise;
    },
    answer: () => Promise.reject(new Error("not asked here")),
  };
  return { model, calls };
}

function given({ share = memoryShare().share, name = "m", origin = "", waitMaxMs = 5_000 } = {}) {
  const { model, calls } = scripted(name);
  const sources: VisionSource[] = [];
  const times = { pollMs: 1, renewMs: 1, waitMaxMs };
  const count = (source: VisionSource) => void sources.push(source);
  return { shared: shareVision(model, { share, count, origin, times }), calls, sources };
}

describe("shareVision", () => {
  test("asks once for equal questions at the same time, and says where each answer came from", async () => {
    const { shared, calls, sources } = given();
    const works = Array.from({ length: 10 }, () => shared.classify(question, open()));
    await until(() => calls.length > 0);
    calls[0]?.resolve(seen);
    expect(await Promise.all(works)).toEqual(works.map(() => seen));
    expect(await shared.classify(question, open())).toEqual(seen);
    expect(calls).toHaveLength(1);
    expect(sources).toEqual(["model", ...Array<VisionSource>(9).fill("shared"), "cache"]);
  });

  test.each([
    ["words", { ...question, userInput: "저거요" }, {}],
    ["photo", { ...question, photo: { ...photo, bytes: Uint8Array.of(1, 2) } }, {}],
    ["model", question, { name: "n" }],
    ["server", question, { origin: "http://other" }],
  ])("asks again for another %s", async (_, other, settings) => {
    const { share } = memoryShare();
    const first = given({ share });
    const second = given({ share, ...settings });
    const works = [first.shared.classify(question, open()), second.shared.classify(other, open())];
    await until(() => first.calls.length === 1 && second.calls.length === 1);
    for (const { calls } of [first, second]) calls[0]?.resolve(seen);
    await Promise.all(works);
  });

  test("keeps the lease alive while the call runs, and lets it go after it", async () => {
    const { share, leases, renewals } = memoryShare();
    const { shared, calls } = given({ share });
    const work = shared.classify(question, open());
    await until(() => renewals() > 2);
    calls[0]?.resolve(seen);
    await work;
    const after = renewals();
    await Bun.sleep(10);
    expect([leases.size, renewals()]).toEqual([0, after]);
  });

  test("a failure is the leader's own; then one of the others asks, not all", async () => {
    const { share, failures } = memoryShare();
    const { shared, calls } = given({ share });
    const asks = Array.from({ length: 5 }, () => shared.classify(question, open()));
    const works = Promise.allSettled(asks);
    await until(() => calls.length === 1);
    calls[0]?.reject(new Fault("MODEL_REFUSED"));
    await until(() => calls.length === 2);
    calls[1]?.resolve(seen);
    expect((await works).map(({ status }) => status).toSorted()).toEqual([
      ...Array(4).fill("fulfilled"),
      "rejected",
    ]);
    expect([calls.length, failures]).toEqual([2, [true]]);
  });

  test.each(["CANCELLED", "UNAVAILABLE", "MODEL_RATE_LIMITED"] as const)(
    "%s hands the lease on without counting as a failure",
    async (code) => {
      const { share, failures } = memoryShare();
      const { shared, calls } = given({ share });
      const cancel = new AbortController();
      const first = shared.classify(question, cancel.signal).catch((error: unknown) => error);
      await until(() => calls.length === 1);
      const second = shared.classify(question, open());
      cancel.abort(new Fault(code));
      expect(await first).toMatchObject({ code });
      await until(() => calls.length === 2);
      calls[1]?.resolve(seen);
      expect(await second).toEqual(seen);
      expect(failures).toEqual([false]);
    },
  );

  test("who waits is cancelled at once, and nobody else notices", async () => {
    const { shared, calls } = given();
    const leader = shared.classify(question, open());
    await until(() => calls.length === 1);
    const cancel = new AbortController();
    const waiter = shared.classify(question, cancel.signal).catch((error: unknown) => error);
    cancel.abort(new Fault("CANCELLED"));
    expect(await waiter).toMatchObject({ code: "CANCELLED" });
    calls[0]?.resolve(seen);
    expect(await leader).toEqual(seen);
  });

  test("holds no photo while the model thinks", async () => {
    const { shared, calls } = given();
    await untilCollected(
      () => new Uint8Array(71_000),
      (bytes) => {
        const mine = { photo: { ...photo, bytes }, userInput: `${calls.length} ${Math.random()}` };
        void shared.classify(mine, open());
      },
    );
    expect(calls).toHaveLength(20);
  });

  test("who has waited long gives the message back, at no try", async () => {
    const { share, leases } = memoryShare();
    const { shared, calls } = given({ share, waitMaxMs: 5 });
    const leader = shared.classify(question, open());
    await until(() => leases.size === 1);
    const error = await shared.classify(question, open()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryAfterMs: expect.any(Number) });
    expect(new Fault("UNAVAILABLE").kind.onMessage).toBe("wait");
    calls[0]?.resolve(seen);
    await leader;
  });

  test("an answer that is paid for is given, whatever becomes of its lease", async () => {
    const { share } = memoryShare();
    const settle = () => Promise.reject(new Fault("UNAVAILABLE"));
    const { shared, calls } = given({ share: { ...share, settle } });
    const work = shared.classify(question, open());
    await until(() => calls.length === 1);
    calls[0]?.resolve(seen);
    expect(await work).toEqual(seen);
  });
});
