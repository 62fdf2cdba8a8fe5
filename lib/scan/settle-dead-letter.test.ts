import { describe, expect, test } from "bun:test";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { petReward } from "#lib/testing/pet-bottle.ts";
import { scanMessage } from "#lib/testing/scan-message.ts";
import type { StoredResult } from "./scan-result.ts";
import {
  canRun,
  type EndDeadLetterDeps,
  settleDeadLetter,
  settleEach,
} from "./settle-dead-letter.ts";

const scan = scanMessage();

/** A dead letter that records what is done to it. */
function recorded(task: string, body: unknown, did: string[] = [], name = "") {
  const note = (what: string) => async () => void did.push(`${name}${what}`);
  const deadLetter: DeadLetter = {
    task,
    body,
    content: Buffer.from(""),
    epoch: 1,
    traceId: "",
    attempts: 0,
    code: undefined,
    death: undefined,
    redrive: async (to) => void did.push(`${name}redrive to ${to}`),
    archive: note("archive"),
    remove: note("remove"),
    requeue: note("requeue"),
  };
  return { deadLetter, did };
}

/** @param standing where it differs from the result that is to be saved */
function ending(standing: Partial<StoredResult>, did: string[]): EndDeadLetterDeps {
  return {
    clock: { now: () => 7 },
    results: {
      saveResult: async ({ epoch }, result) => {
        did.push(`save ${result.error?.code} of epoch ${epoch}`);
        return { ...result, ...standing };
      },
    },
    events: {
      emitEnd: async () => void did.push("emit the end"),
      isRetracted: async () => false,
    },
    chats: {
      events: {
        seal: async (_, end) => ({ end, text: "" }),
        emitChatEnd: async () => void did.push("emit the end"),
        isRetracted: async () => false,
        forget: async () => undefined,
      },
      messages: {
        saveAnswer: async ({ epoch }, { end }) => {
          did.push(`save ${end.status} of epoch ${epoch}`);
          return { messageId: "message", status: end.status };
        },
      },
    },
  };
}

describe("settling a dead letter", () => {
  const ended = ["save EXPIRED of epoch 1", "emit the end"];

  test.each([
    ["redrive", "revived", "redrive to scan.vision"],
    ["archive", "archived", "archive"],
    ["purge", "removed", "remove"],
  ] as const)("%s: the epoch of its scan ends first", async (action, outcome, done) => {
    const { deadLetter, did } = recorded("scan.vision", scan);
    expect(await settleDeadLetter(ending({}, did), deadLetter, action)).toBe(outcome);
    expect(did).toEqual([...ended, done]);
  });

  test("removes it without an end when its submit was retracted: its owner knows of no such scan", async () => {
    const { deadLetter, did } = recorded("scan.vision", scan);
    const deps = ending({}, did);
    const retracted = { ...deps, events: { ...deps.events, isRetracted: async () => true } };
    expect(await settleDeadLetter(retracted, deadLetter, "redrive")).toBe("removed");
    expect(did).toEqual(["remove"]);
  });

  test.each([
    ["completed", { status: "completed", error: null }],
    ["cancelled", { error: { code: "CANCELLED", message: "" } }],
  ] as const)("removes it when its scan is %s", async (_, result) => {
    for (const action of ["redrive", "archive", "purge"] as const) {
      const { deadLetter, did } = recorded("scan.vision", scan);
      expect(await settleDeadLetter(ending(result, did), deadLetter, action)).toBe("removed");
      expect(did).toEqual([...ended, "remove"]);
    }
  });

  test("redrives a reward that is still to be decided, though its scan is completed", async () => {
    const settle = (standing: Partial<StoredResult>) => {
      const { deadLetter, did } = recorded("scan.reward", scan);
      return settleDeadLetter(ending(standing, did), deadLetter, "redrive");
    };
    const completed = { status: "completed", error: null } as const;
    expect(await settle(completed)).toBe("revived");
    expect(await settle({ ...completed, reward: petReward })).toBe("removed");
  });

  test("ends nothing for what is not a scan", async () => {
    for (const [task, body] of [
      ["users.save_character", scan],
      ["scan.vision", "unreadable"],
    ] as const) {
      const { deadLetter, did } = recorded(task, body);
      await settleDeadLetter(ending({}, did), deadLetter, "archive");
      expect(did).toEqual(["archive"]);
    }
  });

  test("redrives it to another task when told to", async () => {
    const { deadLetter, did } = recorded("scan.answer", scan);
    const to = { task: "scan.vision", body: scan };
    await settleDeadLetter(ending({}, did), deadLetter, "redrive", to);
    expect(did.at(-1)).toBe("redrive to scan.vision");
  });
});

describe("settling several", () => {
  function given(failure: Fault) {
    const did: string[] = [];
    const deadLetters = [0, 1, 2].map(
      (n) => recorded("scan.vision", { n }, did, `${n} `).deadLetter,
    );
    const settled = settleEach(deadLetters, async (one) => {
      if (one === deadLetters[1]) throw failure;
      await one.remove();
      return "removed";
    });
    return { did, settled };
  }

  test("requeues what a service that is away has kept from being settled", async () => {
    const { did, settled } = given(new Fault("UNAVAILABLE"));
    expect(settled).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await settled.catch(() => undefined);
    expect(did.toSorted()).toEqual(["0 remove", "1 requeue", "2 remove"]);
  });

  test("archives one that cannot be settled, and goes on", async () => {
    const { did, settled } = given(new Fault("INTERNAL"));
    expect((await settled).map(({ outcome }) => outcome)).toEqual([
      "removed",
      "archived",
      "removed",
    ]);
    expect(did.toSorted()).toEqual(["0 remove", "1 archive", "2 remove"]);
  });
});

test("no task runs what it cannot read", () => {
  expect(TASK_NAMES.filter((task) => canRun(task, {}))).toEqual([]);
  expect(TASK_NAMES.filter((task) => canRun(task, scan))).toEqual(["scan.vision"]);
  expect(canRun("scan.nothing", scan)).toBe(false);
});
