import { expect, test } from "bun:test";
import { DeadlineError, withDeadline } from "./with-deadline.ts";

test("work that settles in time keeps its outcome, and no timer is left behind", async () => {
  expect(await withDeadline(60_000, Promise.resolve("done"))).toBe("done");
  const failed = withDeadline(60_000, Promise.reject(new TypeError("mine")));
  expect(await failed.catch(String)).toBe("TypeError: mine");
  const script = `
    const { withDeadline } = await import("${import.meta.dir}/with-deadline.ts");
    await withDeadline(60_000, Promise.resolve());
    await withDeadline(60_000, Promise.reject()).catch(() => undefined);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stderr: "inherit" });
  expect(await child.exited).toBe(0);
}, 10_000);

test("work that takes longer ends as a DeadlineError, and its late rejection is nobody's", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  const late = Promise.withResolvers<never>();
  const error = await withDeadline(1, late.promise).catch((reason: unknown) => reason);
  expect(error).toEqual(new DeadlineError(1));
  late.reject(new Error("too late"));
  // An unhandled rejection is reported before the next macrotask.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
