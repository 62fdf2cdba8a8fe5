import { expect, test } from "bun:test";
import { activeTraceparent, runInTrace, startServerSpan, startSpan } from "./span.ts";

const theirs = `00-${"a".repeat(32)}-${"b".repeat(16)}`;

test("where no traces are exported no span is made, and the trace goes on unsampled", () => {
  const entered = startServerSpan(`${theirs}-01`);
  expect(entered.traceparent).toBe(`${theirs}-00`);
  expect(startServerSpan("bad").traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const inner = startSpan({ name: "inner", kind: "internal", parent: `${theirs}-01` });
  expect(inner.traceparent).toBe(`${theirs}-01`);
  inner.end();
});

test("work knows its trace, also after it has waited, and others do not", async () => {
  const seen = await Promise.all(
    ["1", "2"].map((one) =>
      runInTrace(one, async () => {
        await Bun.sleep(1);
        return activeTraceparent();
      }),
    ),
  );
  expect([seen, activeTraceparent()]).toEqual([["1", "2"], undefined]);
});
