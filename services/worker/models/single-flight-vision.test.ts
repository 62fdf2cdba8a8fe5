import { describe, expect, test } from "bun:test";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import { until } from "#lib/testing/until.ts";
import { untilCollected } from "#lib/testing/until-collected.ts";
import { unguarded } from "../scan-fixture.ts";
import type { Model, VisionInput } from "./model.ts";
import { singleFlightVision, type VisionCache, type VisionSource } from "./single-flight-vision.ts";

const seen: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: "포도주병",
  },
  situation_tags: [],
};
const photo = { bytes: Uint8Array.of(1, 2, 3), mime: "image/jpeg" } as const;
const input: VisionInput = { photo, userInput: "이거요" };
const open = () => unguarded(new AbortController().signal);

/** The store's rules in memory; what it really does is tested where it lives. */
function memoryCache() {
  const stored = new Map<string, ModelClassification>();
  const leases = new Map<string, string>();
  const failures: boolean[] = [];
  let renewals = 0;
  const cache: VisionCache = {
    acquire: async (key, token) => {
      const classification = stored.get(key);
      if (classification) return { kind: "hit", classification };
      if (leases.has(key)) return { kind: "pending" };
      leases.set(key, token);
      return { kind: "acquired" };
    },
    renew: async () => void renewals++,
    complete: async (key, _, classification) => {
      stored.set(key, classification);
      leases.delete(key);
    },
    release: async (key, _, hasFailed) => {
      failures.push(hasFailed);
      leases.delete(key);
    },
  };
  return { cache, leases, failures, renewals: () => renewals };
}

/** A model that responds when the test says so. */
function scripted(name = "m", version = "1") {
  const calls: PromiseWithResolvers<ModelClassification>[] = [];
  const model: Model = {
    name,
    version,
    estimate: false,
    classify: (_, { signal }) => {
      const call = Promise.withResolvers<ModelClassification>();
      calls.push(call);
      signal.addEventListener("abort", () => call.reject(signal.reason));
      return call.promise;
    },
    answer: () => Promise.reject(new Error("not called here")),
  };
  return { model, calls };
}

function given({
  cache = memoryCache().cache,
  name = "m",
  version = "1",
  origin = "",
  waitMsMax = 5_000,
} = {}) {
  const { model, calls } = scripted(name, version);
  const sources: VisionSource[] = [];
  const times = { pollMs: 1, renewMs: 1, waitMsMax };
  const count = (source: VisionSource) => void sources.push(source);
  return { shared: singleFlightVision(model, { cache, count, origin, times }), calls, sources };
}

describe("single flight", () => {
  test("calls once for equal inputs at the same time, and says where each classification came from", async () => {
    const { shared, calls, sources } = given();
    const works = Array.from({ length: 10 }, () => shared.classify(input, open()));
    await until(() => calls.length > 0);
    calls[0]?.resolve(seen);
    expect(await Promise.all(works)).toEqual(works.map(() => seen));
    expect(await shared.classify(input, open())).toEqual(seen);
    expect(calls).toHaveLength(1);
    expect(sources).toEqual(["model", ...Array<VisionSource>(9).fill("shared"), "cache"]);
  });

  /** One change of each field: a new field of the input fails here until it has its own. */
  const changes: Record<keyof VisionInput, VisionInput> = {
    photo: { ...input, photo: { ...photo, bytes: Uint8Array.of(1, 2) } },
    userInput: { ...input, userInput: "저거요" },
  };
  const added = Object.assign({ ...input }, { fieldOfTomorrow: "ko" });
  const cases = [...Object.entries(changes), ["fieldOfTomorrow", added] as const];

  test.each(cases)("calls again for another %s", async (_, other) => {
    await expectTwoCalls({}, other);
  });

  test.each([
    ["model", { name: "n" }],
    ["prompt or local model", { version: "2" }],
    ["server", { origin: "http://other" }],
  ])("calls again for another %s", async (_, settings) => {
    await expectTwoCalls(settings, input);
  });

  async function expectTwoCalls(
    settings: { name?: string; version?: string; origin?: string },
    other: VisionInput,
  ) {
    const { cache } = memoryCache();
    const first = given({ cache });
    const second = given({ cache, ...settings });
    const works = [first.shared.classify(input, open()), second.shared.classify(other, open())];
    await until(() => first.calls.length === 1 && second.calls.length === 1);
    for (const { calls } of [first, second]) calls[0]?.resolve(seen);
    await Promise.all(works);
  }

  test("is one call whatever the order of the fields", async () => {
    const { shared, calls } = given();
    const { photo: samePhoto, userInput } = input;
    const works = [input, { userInput, photo: samePhoto }].map((one) =>
      shared.classify(one, open()),
    );
    await until(() => calls.length === 1);
    calls[0]?.resolve(seen);
    expect(await Promise.all(works)).toEqual([seen, seen]);
  });

  test("renews the lease while the call runs, and ends it after the call", async () => {
    const { cache, leases, renewals } = memoryCache();
    const { shared, calls } = given({ cache });
    const work = shared.classify(input, open());
    await until(() => renewals() > 2);
    calls[0]?.resolve(seen);
    await work;
    const after = renewals();
    await Bun.sleep(10);
    expect([leases.size, renewals()]).toEqual([0, after]);
  });

  test("a failure is the lease holder's own; then one of the others calls, not all", async () => {
    const { cache, failures } = memoryCache();
    const { shared, calls } = given({ cache });
    const pending = Array.from({ length: 5 }, () => shared.classify(input, open()));
    const works = Promise.allSettled(pending);
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
    "%s releases the lease without counting as a failure",
    async (code) => {
      const { cache, failures } = memoryCache();
      const { shared, calls } = given({ cache });
      const cancel = new AbortController();
      const first = shared
        .classify(input, unguarded(cancel.signal))
        .catch((error: unknown) => error);
      await until(() => calls.length === 1);
      const second = shared.classify(input, open());
      cancel.abort(new Fault(code));
      expect(await first).toMatchObject({ code });
      await until(() => calls.length === 2);
      calls[1]?.resolve(seen);
      expect(await second).toEqual(seen);
      expect(failures).toEqual([false]);
    },
  );

  test("a waiting call is cancelled at once, and no other is affected", async () => {
    const { shared, calls } = given();
    const holder = shared.classify(input, open());
    await until(() => calls.length === 1);
    const cancel = new AbortController();
    const waiter = shared
      .classify(input, unguarded(cancel.signal))
      .catch((error: unknown) => error);
    cancel.abort(new Fault("CANCELLED"));
    expect(await waiter).toMatchObject({ code: "CANCELLED" });
    calls[0]?.resolve(seen);
    expect(await holder).toEqual(seen);
  });

  test("holds no photo while the model works", async () => {
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

  test("a call that has waited long is deferred, which costs no try", async () => {
    const { cache, leases } = memoryCache();
    const { shared, calls } = given({ cache, waitMsMax: 5 });
    const holder = shared.classify(input, open());
    await until(() => leases.size === 1);
    const error = await shared.classify(input, open()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "UNAVAILABLE", retryAfterMs: expect.any(Number) });
    expect(new Fault("UNAVAILABLE").kind.onMessage).toBe("wait");
    calls[0]?.resolve(seen);
    await holder;
  });

  test("a classification that is paid for is returned, whatever happens to its lease", async () => {
    const { cache } = memoryCache();
    const complete = () => Promise.reject(new Fault("UNAVAILABLE"));
    const { shared, calls } = given({ cache: { ...cache, complete } });
    const work = shared.classify(input, open());
    await until(() => calls.length === 1);
    calls[0]?.resolve(seen);
    expect(await work).toEqual(seen);
  });
});
