import { describe, expect, test } from "bun:test";
import { itemsVersion } from "#lib/contract/items/items-version.ts";
import { Fault } from "#lib/error/fault.ts";
import { untilCollected } from "#lib/testing/until-collected.ts";
import { createScanFixture, delivery, message, petVision } from "../scan-fixture.ts";
import { visionTask } from "./scan.vision.ts";

describe("the vision stage", () => {
  test("asks the model, keeps the checkpoint with the event, and only then publishes the next message", async () => {
    const { deps, calls, steps, messages, asked } = createScanFixture();
    await visionTask(deps).run(message, delivery);
    expect(calls).toEqual([
      "emit vision started",
      "load photo",
      "model classify",
      "emit vision completed, with vision",
      "publish rule",
    ]);
    expect(steps.at(-1)?.result).toMatchObject({
      classification: petVision.classification,
    });
    const meta = { ...petVision.meta, model_version: "prompts-1", items_version: itemsVersion };
    expect(messages).toEqual([{ ...message, vision: { ...petVision, meta } }]);
    expect(asked).toMatchObject([{ userInput: "이거?" }]);
  });

  test("that finds its checkpoint pays no model, but emits its event and publishes all the same", async () => {
    const { deps, calls, messages } = createScanFixture({ checkpoints: { vision: petVision } });
    await visionTask(deps).run(message, delivery);
    expect(calls).toEqual(["emit vision completed, with vision", "publish rule"]);
    expect(messages).toEqual([{ ...message, vision: petVision }]);
  });

  test("of a scan that has ended does nothing: a late copy would pay again", async () => {
    const { deps, calls } = createScanFixture({ isOver: true });
    await visionTask(deps).run(message, delivery);
    expect(calls).toEqual([]);
  });

  test.each(["load photo", "model classify", "publish rule"])(
    "passes the fault of `%s` on: the queue decides what becomes of the message",
    async (name) => {
      const fault = new Fault("UNAVAILABLE");
      const { deps, messages } = createScanFixture({ broken: { [name]: fault } });
      await expect(visionTask(deps).run(message, delivery)).rejects.toBe(fault);
      expect(messages).toEqual([]);
    },
  );

  test.each([
    ["that runs again lets the next delivery begin at once", "UNAVAILABLE", true],
    ["for good holds the stage up to the end of its scan", "MODEL_REFUSED", false],
  ] as const)("which fails %s", async (_, code, isReleased) => {
    const { deps, calls } = createScanFixture({ broken: { "model classify": new Fault(code) } });
    await expect(visionTask(deps).run(message, delivery)).rejects.toThrow();
    expect(calls.includes("release vision")).toBe(isReleased);
  });

  test("holds no photo while the model thinks", async () => {
    const { deps } = createScanFixture();
    const calls: PromiseWithResolvers<never>[] = [];
    const classify = () => {
      const call = Promise.withResolvers<never>();
      calls.push(call);
      return call.promise;
    };
    await untilCollected(
      () => new Uint8Array(71_000),
      (bytes) => {
        let photos = [{ bytes, mime: "image/jpeg" } as const];
        const loadPhoto = async () => {
          const [photo] = photos;
          photos = [];
          if (!photo) throw new Error("loaded twice");
          return photo;
        };
        const callModel: typeof deps.callModel = (message, signal, call) =>
          deps.callModel(message, signal, (model, permit) => call({ ...model, classify }, permit));
        void visionTask({ ...deps, loadPhoto, callModel }).run(message, delivery);
      },
    );
    expect(calls).toHaveLength(20);
  });

  test("loads no photo before a model may be called", async () => {
    const { deps, calls } = createScanFixture();
    const callModel = () => Promise.reject(new Fault("MODEL_RATE_LIMITED"));
    await expect(visionTask({ ...deps, callModel }).run(message, delivery)).rejects.toThrow();
    expect(calls).not.toContain("load photo");
  });

  test("loads the photo anew for a fallback", async () => {
    const { deps, calls } = createScanFixture();
    const callModel: typeof deps.callModel = async (message, signal, call) => {
      await deps.callModel(message, signal, call);
      return deps.callModel(message, signal, call);
    };
    await visionTask({ ...deps, callModel }).run(message, delivery);
    expect(calls.slice(1, 5)).toEqual([
      "load photo",
      "model classify",
      "load photo",
      "model classify",
    ]);
  });

  test("passes nothing on when the checkpoint cannot be kept: it would be paid for again", async () => {
    const { deps, calls } = createScanFixture();
    const softLimit = new AbortController();
    const { emit } = deps.events;
    deps.events.emit = (run, update, outputs) => {
      if (!outputs) return emit(run, update, outputs);
      softLimit.abort();
      return Promise.reject(new Fault("UNAVAILABLE"));
    };
    const limited = { ...delivery, signal: softLimit.signal };
    await expect(visionTask(deps).run(message, limited)).rejects.toThrow();
    expect(calls).not.toContain("publish rule");
  });

  test("exhausted, it stores the failure before it emits it, with the fault's own sentence", async () => {
    const { deps, calls, steps, results } = createScanFixture();
    const fault = new Fault("IMAGE_EMPTY", { cause: new Error("internal") });
    await visionTask(deps).onExhausted?.(message, fault, delivery);
    expect(calls).toEqual(["save failed", "emit vision failed, done failed, with result"]);
    const error = { code: "IMAGE_EMPTY", message: fault.detail };
    expect(results).toEqual([
      { status: "failed", vision: null, answer: null, reward: null, error },
    ]);
    expect(steps.map(({ result }) => result)).toEqual([error, error]);
  });

  test("exhausted, it emits nothing while the failure is not stored", async () => {
    const { deps, calls } = createScanFixture({
      broken: { "save failed": new Fault("UNAVAILABLE") },
    });
    const work = visionTask(deps).onExhausted?.(message, new Fault("IMAGE_EMPTY"), delivery);
    await expect(work).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(calls).toEqual(["save failed"]);
  });

  test("refuses a message that is none, before anything is emitted", async () => {
    const { deps, calls } = createScanFixture();
    const { image_url: _, ...rest } = message;
    await expect(visionTask(deps).run(rest, delivery)).rejects.toMatchObject({
      code: "MESSAGE_INVALID",
    });
    expect(calls).toEqual([]);
  });
});
