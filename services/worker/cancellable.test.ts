import { describe, expect, test } from "bun:test";
import type { Delivery, Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { cancellable, RunningScans, sealing } from "./cancellable.ts";

const body = { job_id: "job" };
/** A delivery as the consumer makes it: `abort` aborts the signal. */
function delivery(): Delivery & { readonly faults: Fault[] } {
  const controller = new AbortController();
  const faults: Fault[] = [];
  const abort = (fault: Fault): void => {
    faults.push(fault);
    controller.abort(fault);
  };
  const { signal } = controller;
  const runsAgain = () => false;
  return { traceparent: "", attempt: 0, epoch: 0, signal, abort, runsAgain, faults };
}

/** A task that waits for its signal. */
function patient() {
  const begun = Promise.withResolvers<void>();
  const run: Task["run"] = (_, { signal }) => {
    begun.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  return { run, begun: begun.promise };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Fault ? error.code : "none";
}

describe("a cancellable stage", () => {
  test("runs, answers and leaves when nobody cancels", async () => {
    const running = new RunningScans();
    const seen: string[][] = [];
    const task = cancellable({ run: async () => seen.push(running.jobIds) }, running);
    expect(await task.run(body, delivery())).toBe(1);
    expect([seen, running.jobIds]).toEqual([[["job"]], []]);
  });

  test("leaves when its task fails", async () => {
    const running = new RunningScans();
    const task = cancellable({ run: () => Promise.reject(new Fault("UNAVAILABLE")) }, running);
    expect(await codeOf(task.run(body, delivery()))).toBe("UNAVAILABLE");
    expect(running.jobIds).toEqual([]);
  });

  test("is aborted by the notice, in every run of the job and in no other job", async () => {
    const running = new RunningScans();
    const [one, two, other] = [patient(), patient(), patient()];
    const works = [one, two].map((task) => cancellable(task, running).run(body, delivery()));
    const rests = delivery();
    const rest = cancellable(other, running).run({ job_id: "other" }, rests);
    await Promise.all([one.begun, two.begun, other.begun]);
    expect(running.jobIds).toEqual(["job", "other"]);
    running.cancel("job");
    expect(await Promise.all(works.map(codeOf))).toEqual(["CANCELLED", "CANCELLED"]);
    expect(rests.faults).toEqual([]);
    rests.abort(new Fault("TASK_TIMEOUT"));
    expect(await codeOf(rest)).toBe("TASK_TIMEOUT");
    expect(running.jobIds).toEqual([]);
  });

  test.each([[null], ["text"], [{}], [{ job_id: 1 }]])(
    "leaves a body that names no job to its task: %j",
    async (unreadable) => {
      const asked: string[] = [];
      const bodies: unknown[] = [];
      const task = { run: async (seen: unknown) => void bodies.push(seen) };
      await cancellable(task, new RunningScans()).run(unreadable, delivery());
      await sealing(task, async (jobId) => asked.push(jobId) > 0).run(unreadable, delivery());
      expect([bodies, asked]).toEqual([[unreadable, unreadable], []]);
    },
  );

  test("keeps what its task does when its tries are exhausted", () => {
    const onExhausted = async () => undefined;
    const task = { run: async () => undefined, onExhausted };
    expect(cancellable(task, new RunningScans()).onExhausted).toBe(onExhausted);
    expect(sealing(task, async () => true).onExhausted).toBe(onExhausted);
  });
});

describe("the sealing stage", () => {
  test("does not begin when a cancel came first", async () => {
    let begun = 0;
    const task = sealing({ run: async () => void begun++ }, async () => false);
    expect(await codeOf(task.run(body, delivery()))).toBe("CANCELLED");
    expect(begun).toBe(0);
  });

  test("does not begin unsealed: what cannot be asked is waited for", async () => {
    let begun = 0;
    const seal = () => Promise.reject(new Fault("UNAVAILABLE"));
    const task = sealing({ run: async () => void begun++ }, seal);
    expect(await codeOf(task.run(body, delivery()))).toBe("UNAVAILABLE");
    expect(begun).toBe(0);
  });

  test("is not broken off once it has begun", async () => {
    const running = new RunningScans();
    const given = delivery();
    const task = sealing({ run: async () => running.cancel("job") }, async () => true);
    expect(await codeOf(task.run(body, given))).toBe("none");
    expect(given.faults).toEqual([]);
  });
});
