import { describe, expect, test } from "bun:test";
import type { Delivery, Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { cancellable, RunningScans, sealing } from "./cancellable.ts";

const body = { job_id: "job" };
const delivery = (signal: AbortSignal = new AbortController().signal): Delivery => ({
  traceparent: "",
  attempt: 0,
  redrive: 0,
  signal,
});

function given({ cancelled = false, open = true } = {}) {
  const running = new RunningScans();
  const asked: string[] = [];
  const deps = {
    running,
    isCancelled: async (jobId: string) => {
      asked.push(jobId);
      return cancelled;
    },
    seal: async (jobId: string) => {
      asked.push(jobId);
      return open;
    },
  };
  return { running, deps, asked };
}

/** A task that waits for its signal, and says what it was. */
function patient() {
  const begun = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const run: Task["run"] = (_, { signal }) => {
    signals.push(signal);
    begun.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  return { run, signals, begun: begun.promise };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Fault ? error.code : "none";
}

describe("a cancellable stage", () => {
  test("runs, answers and leaves when nobody cancels", async () => {
    const { deps, running, asked } = given();
    expect(await cancellable({ run: async () => "done" }, deps).run(body, delivery())).toBe("done");
    expect(running.jobIds).toEqual([]);
    expect(asked).toEqual(["job"]);
  });

  test("does not begin when the job was cancelled before", async () => {
    const { deps, running } = given({ cancelled: true });
    let begun = 0;
    const task = cancellable({ run: async () => void begun++ }, deps);
    expect(await codeOf(task.run(body, delivery()))).toBe("CANCELLED");
    expect([begun, running.jobIds]).toEqual([0, []]);
  });

  test("does not begin when the notice comes while the request is being read", async () => {
    const { deps, running } = given();
    let begun = 0;
    const isCancelled = async () => {
      running.cancel("job");
      return false;
    };
    const task = cancellable({ run: async () => void begun++ }, { ...deps, isCancelled });
    expect(await codeOf(task.run(body, delivery()))).toBe("CANCELLED");
    expect(begun).toBe(0);
  });

  test("is aborted by the notice, in every run of the job and in no other job", async () => {
    const { deps, running } = given();
    const [one, two, other] = [patient(), patient(), patient()];
    const works = [one, two].map((task) => cancellable(task, deps).run(body, delivery()));
    const stop = new AbortController();
    const rest = cancellable(other, deps).run({ job_id: "other" }, delivery(stop.signal));
    await Promise.all([one.begun, two.begun, other.begun]);
    expect(running.jobIds).toEqual(["job", "other"]);
    running.cancel("job");
    expect(await Promise.all(works.map(codeOf))).toEqual(["CANCELLED", "CANCELLED"]);
    expect(other.signals[0]?.aborted).toBe(false);
    stop.abort(new Fault("TASK_TIMEOUT"));
    expect(await codeOf(rest)).toBe("TASK_TIMEOUT");
    expect(running.jobIds).toEqual([]);
  });

  test("ends at once also when its task does not listen", async () => {
    const { deps, running } = given();
    const begun = Promise.withResolvers<void>();
    const deaf: Task = {
      run: () => {
        begun.resolve();
        return new Promise(() => undefined);
      },
    };
    const work = cancellable(deaf, deps).run(body, delivery());
    await begun.promise;
    running.cancel("job");
    expect(await codeOf(work)).toBe("CANCELLED");
  });

  test("does not begin unasked: what cannot be read is waited for", async () => {
    const { deps } = given();
    let begun = 0;
    const isCancelled = () => Promise.reject(new Fault("UNAVAILABLE"));
    const task = cancellable({ run: async () => void begun++ }, { ...deps, isCancelled });
    expect(await codeOf(task.run(body, delivery()))).toBe("UNAVAILABLE");
    expect(begun).toBe(0);
  });

  test.each([[null], ["text"], [{}], [{ job_id: 1 }]])(
    "leaves a body that names no job to its task: %j",
    async (unreadable) => {
      const { deps, asked } = given();
      const bodies: unknown[] = [];
      const task = { run: async (seen: unknown) => void bodies.push(seen) };
      await cancellable(task, deps).run(unreadable, delivery());
      await sealing(task, deps).run(unreadable, delivery());
      expect([bodies, asked]).toEqual([[unreadable, unreadable], []]);
    },
  );

  test("keeps what its task does when it is given up", () => {
    const onGivenUp = async () => undefined;
    const { deps } = given();
    const task = { run: async () => undefined, onGivenUp };
    expect(cancellable(task, deps).onGivenUp).toBe(onGivenUp);
    expect(sealing(task, deps).onGivenUp).toBe(onGivenUp);
  });
});

describe("the sealing stage", () => {
  test("does not begin when a cancel came first", async () => {
    const { deps } = given({ open: false });
    let begun = 0;
    const task = sealing({ run: async () => void begun++ }, deps);
    expect(await codeOf(task.run(body, delivery()))).toBe("CANCELLED");
    expect(begun).toBe(0);
  });

  test("is not broken off once it has begun", async () => {
    const { deps, running } = given();
    const task = sealing({ run: async () => running.cancel("job") }, deps);
    expect(await codeOf(task.run(body, delivery()))).toBe("none");
  });
});
