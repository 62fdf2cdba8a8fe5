import { describe, expect, test } from "bun:test";
import { StreamLimits } from "./stream-limits.ts";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
};

describe("stream limits", () => {
  test("one user's streams are limited, and a closed one makes room", () => {
    const limits = new StreamLimits({ perUser: 2, overall: 0 });
    const release = limits.take("a");
    limits.take("a");
    expect(codeOf(() => limits.take("a"))).toBe("TOO_MANY_STREAMS");
    expect(codeOf(() => limits.take("b"))).toBe("ok");
    release();
    // Released once, however often the stream ends.
    release();
    expect(codeOf(() => limits.take("a"))).toBe("ok");
    expect(codeOf(() => limits.take("a"))).toBe("TOO_MANY_STREAMS");
  });

  test("a refused user is told the limit", () => {
    const limits = new StreamLimits({ perUser: 1, overall: 0 });
    limits.take("a");
    const quota = { name: "streams", limit: 1, remaining: 0, resetS: 5 };
    expect(() => limits.take("a")).toThrow(expect.objectContaining({ quota, retryAfterMs: 5_000 }));
  });

  test("all streams of the process are limited together", () => {
    const limits = new StreamLimits({ perUser: 0, overall: 2 });
    const release = limits.take("a");
    limits.take("b");
    expect(codeOf(() => limits.take("c"))).toBe("OVERLOADED");
    release();
    expect(codeOf(() => limits.take("c"))).toBe("ok");
  });

  test("0 is no limit", () => {
    const limits = new StreamLimits({ perUser: 0, overall: 0 });
    for (let i = 0; i < 1_000; i++) expect(codeOf(() => limits.take("a"))).toBe("ok");
  });
});
