import { expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { callWithFallback } from "../models/call-with-fallback.ts";
import type { ReplySink } from "../models/chat-model.ts";
import type { Model } from "../models/model.ts";
import { unguarded } from "../scan-fixture.ts";
import { createFakes, startRun, turn } from "./chat-fixture.ts";
import { createConverse } from "./create-converse.ts";

/** What of a reply's trouble another model is asked for, with the fallback that scans have. */
type Reply = (sink: ReplySink) => void;

async function answerBy(replies: Readonly<Record<string, readonly Reply[]>>) {
  const asked: string[] = [];
  const unused = () => Promise.reject(new Error("no part of a conversation"));
  const models = Object.entries(replies).map(([name, all]): Model => {
    let calls = 0;
    return {
      ...{ name, version: "test", estimate: false, classify: unused, answer: unused },
      chat: {
        understand: unused,
        summarise: unused,
        async reply(_, __, sink) {
          asked.push(name);
          all[Math.min(calls++, all.length - 1)]?.(sink);
          return { promptTokens: 1, completionTokens: 1 };
        },
      },
    };
  });
  const guard = {
    withPermit: <T>(
      _: string,
      signal: AbortSignal,
      work: (permit: ReturnType<typeof unguarded>) => Promise<T>,
    ) => work(unguarded(signal)),
  };
  const candidates = models.map((model) => ({ model, guard }));
  const callModel = callWithFallback(() => candidates, { now: () => 0 });
  const run = startRun();
  const { ports } = createFakes({ replies: [], ports: { callModel } });
  const outcome = await createConverse(ports)(turn, run).catch((error: unknown) => error);
  return { asked, text: run.text, outcome };
}

const says =
  (text: string): Reply =>
  (sink) =>
    sink.write(text);
const fails =
  (code: FaultCode, before = ""): Reply =>
  (sink) => {
    if (before) sink.write(before);
    throw new Fault(code);
  };

test.each(["MODEL_UNAVAILABLE", "MODEL_RATE_LIMITED", "MODEL_TIMEOUT"] as const)(
  "before the first word another model is asked after %s",
  async (code) => {
    const { asked, text, outcome } = await answerBy({ a: [fails(code)], b: [says("떼어요.")] });
    expect(asked).toEqual(["a", "b"]);
    expect(text).toStartWith("떼어요.");
    expect(outcome).toMatchObject({ usage: { model: "b" } });
  },
);

test.each(["MODEL_UNAVAILABLE", "MODEL_RATE_LIMITED", "MODEL_TIMEOUT"] as const)(
  "after it the same is asked again after %s, from the beginning",
  async (code) => {
    const replies = { a: [fails(code, "라벨은 그"), says("떼어요.")], b: [says("아니요.")] };
    const { asked, text } = await answerBy(replies);
    expect(asked).toEqual(["a", "a"]);
    expect(text).toStartWith("떼어요.");
  },
);

test("a model that breaks off and is then away is replaced by another", async () => {
  const replies = {
    a: [fails("MODEL_UNAVAILABLE", "라벨은 그"), fails("MODEL_BREAKER_OPEN")],
    b: [says("떼어요.")],
  };
  const { asked, text } = await answerBy(replies);
  expect(asked).toEqual(["a", "a", "b"]);
  expect(text).toStartWith("떼어요.");
});

test("a refusal is no other model's to answer", async () => {
  const { asked, text } = await answerBy({ a: [fails("MODEL_REFUSED")], b: [says("떼어요.")] });
  expect(asked).toEqual(["a"]);
  expect(text).toStartWith("[로컬 추정] ");
});
