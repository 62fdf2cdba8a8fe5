import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { untilCollected } from "#lib/testing/until-collected.ts";
import { delivery, message, petVision, rehearse } from "../rehearsal.ts";
import { visionTask } from "./scan.vision.ts";

describe("the vision stage", () => {
  test("asks the model, keeps the checkpoint with the event, and only then passes the message on", async () => {
    const { deps, steps, updates, messages, asked } = rehearse();
    await visionTask(deps).run(message, delivery);
    expect(steps).toEqual([
      "announce vision started",
      "load photo",
      "model classify",
      "announce vision completed, with vision",
      "publish rule",
    ]);
    expect(updates.at(-1)?.result).toMatchObject({
      classification: petVision.classification,
    });
    expect(messages).toEqual([{ ...message, vision: petVision }]);
    expect(asked).toMatchObject([{ userInput: "이거?" }]);
  });

  test("that finds its checkpoint pays no model, but announces and passes on all the same", async () => {
    const { deps, steps, messages } = rehearse({ checkpoints: { vision: petVision } });
    await visionTask(deps).run(message, delivery);
    expect(steps).toEqual(["announce vision completed, with vision", "publish rule"]);
    expect(messages).toEqual([{ ...message, vision: petVision }]);
  });

  test("of a scan that has ended does nothing: a late copy would pay again", async () => {
    const { deps, steps } = rehearse({ isOver: true });
    await visionTask(deps).run(message, delivery);
    expect(steps).toEqual([]);
  });

  test.each(["load photo", "model classify", "publish rule"])(
    "passes the fault of `%s` on: the queue decides what becomes of the message",
    async (name) => {
      const fault = new Fault("UNAVAILABLE");
      const { deps, messages } = rehearse({ broken: { [name]: fault } });
      await expect(visionTask(deps).run(message, delivery)).rejects.toBe(fault);
      expect(messages).toEqual([]);
    },
  );

  test("holds no photo while the model thinks", async () => {
    const { deps } = rehearse();
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
        const callModel: typeof deps.callModel = (message, call) =>
          deps.callModel(message, (model) => call({ ...model, classify }));
        void visionTask({ ...deps, loadPhoto, callModel }).run(message, delivery);
      },
    );
    expect(calls).toHaveLength(20);
  });

  test("loads the photo anew for a model that stands in", async () => {
    const { deps, steps } = rehearse();
    const callModel: typeof deps.callModel = async (message, call) => {
      await deps.callModel(message, call);
      return deps.callModel(message, call);
    };
    await visionTask({ ...deps, callModel }).run(message, delivery);
    expect(steps.slice(1, 5)).toEqual([
      "load photo",
      "model classify",
      "load photo",
      "model classify",
    ]);
  });

  test("passes nothing on when the checkpoint cannot be kept: it would be paid for again", async () => {
    const broken = { "announce vision completed, with vision": new Fault("UNAVAILABLE") };
    const { deps, steps } = rehearse({ broken });
    await expect(visionTask(deps).run(message, delivery)).rejects.toThrow();
    expect(steps).not.toContain("publish rule");
  });

  test("given up stores the failure before it announces it, with the fault's own sentence", async () => {
    const { deps, steps, updates, results } = rehearse();
    const fault = new Fault("IMAGE_EMPTY", { cause: new Error("internal") });
    await visionTask(deps).onExhausted?.(message, fault, delivery);
    expect(steps).toEqual(["save failed", "announce vision failed, done failed, with result"]);
    const error = { code: "IMAGE_EMPTY", message: fault.detail };
    expect(results).toEqual([
      { status: "failed", vision: null, answer: null, reward: null, error },
    ]);
    expect(updates.map(({ result }) => result)).toEqual([error, error]);
  });

  test("given up announces nothing while the failure is not stored", async () => {
    const { deps, steps } = rehearse({ broken: { "save failed": new Fault("UNAVAILABLE") } });
    const work = visionTask(deps).onExhausted?.(message, new Fault("IMAGE_EMPTY"), delivery);
    await expect(work).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(steps).toEqual(["save failed"]);
  });

  test("refuses a message that is none, before anything is announced", async () => {
    const { deps, steps } = rehearse();
    const { image_url: _, ...rest } = message;
    await expect(visionTask(deps).run(rest, delivery)).rejects.toMatchObject({
      code: "MESSAGE_INVALID",
    });
    expect(steps).toEqual([]);
  });
});
