import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { type DeleteAccountDeps, deleteAccount } from "./delete-account.ts";

/** A user with so many scans and chats; what is done to them is written down in order. */
function given(scanCount: number, broken: Partial<DeleteAccountDeps> = {}, chatCount = 0) {
  let left = Array.from({ length: scanCount }, (_, i) => `job-${i}`);
  let chats = Array.from({ length: chatCount }, (_, i) => `chat-${i}`);
  let isDeleted = false;
  const steps: string[] = [];
  const deps: DeleteAccountDeps = {
    isDeleted: async () => isDeleted,
    someScans: async (_, limit) => left.slice(0, limit),
    forgetJobs: async (jobIds) => void steps.push(`forget ${jobIds.length}`),
    removeScans: async (_, jobIds) => {
      left = left.filter((jobId) => !jobIds.includes(jobId));
      steps.push(`remove ${jobIds.length}`);
    },
    someChatJobs: async (_, limit) => chats.slice(0, limit),
    forgetChatJobs: async (jobIds) => void steps.push(`forget chats ${jobIds.length}`),
    removeChatMessages: async (_, jobIds) => {
      chats = chats.filter((jobId) => !jobIds.includes(jobId));
      steps.push(`remove messages ${jobIds.length}`);
    },
    removeDeliveries: async () => void steps.push("remove deliveries"),
    forgetReservations: async () => void steps.push("forget reservations"),
    erase: async () => {
      isDeleted = true;
      steps.push("erase");
    },
    removePhotos: async () => void steps.push("remove photos"),
    ...broken,
  };
  return { deps, steps, left: () => left.length };
}

describe("deleting an account", () => {
  test("takes a scan's keys before its row, in bounded steps, and the account last", async () => {
    const { deps, steps, left } = given(1_001);
    await deleteAccount(deps, "u");
    expect(steps).toEqual([
      ...["forget 500", "remove 500", "forget 500", "remove 500", "forget 1", "remove 1"],
      ...["remove deliveries", "forget reservations", "erase", "remove photos"],
    ]);
    expect(left()).toBe(0);
  });

  test("takes what was said in chats in the same way, behind the scans", async () => {
    const { deps, steps } = given(1, {}, 501);
    await deleteAccount(deps, "u");
    expect(steps).toEqual([
      ...["forget 1", "remove 1"],
      ...["forget chats 500", "remove messages 500", "forget chats 1", "remove messages 1"],
      ...["remove deliveries", "forget reservations", "erase", "remove photos"],
    ]);
  });

  test("of a user without scans erases the account all the same", async () => {
    const { deps, steps } = given(0);
    await deleteAccount(deps, "u");
    expect(steps.slice(-3)).toEqual(["forget reservations", "erase", "remove photos"]);
  });

  test("ends, also when scans end as fast as they are removed", async () => {
    const { deps, steps } = given(0, { someScans: async () => ["one more"] });
    await deleteAccount(deps, "u");
    expect(steps).toEqual([
      "forget 1",
      "remove 1",
      "remove deliveries",
      "forget reservations",
      "erase",
      "remove photos",
    ]);
  });

  test("again is answered alike, and does nothing", async () => {
    const { deps, steps } = given(1);
    await deleteAccount(deps, "u");
    const before = [...steps];
    await deleteAccount(deps, "u");
    expect(steps).toEqual(before);
  });

  test("is refused while Redis is away, and leaves what its keys are found by", async () => {
    const away = () => Promise.reject(new Fault("UNAVAILABLE"));
    const { deps, steps, left } = given(3, { forgetJobs: away });
    await expect(deleteAccount(deps, "u")).rejects.toThrow("UNAVAILABLE");
    expect([steps, left()]).toEqual([[], 3]);
  });

  test("goes on where it was broken off", async () => {
    let isAway = true;
    const { deps, steps, left } = given(600);
    const { erase } = deps;
    const flaky = {
      ...deps,
      erase: (userId: string) =>
        isAway ? Promise.reject(new Fault("UNAVAILABLE")) : erase(userId),
    };
    await expect(deleteAccount(flaky, "u")).rejects.toThrow("UNAVAILABLE");
    isAway = false;
    await deleteAccount(flaky, "u");
    expect([steps.at(-1), left()]).toEqual(["remove photos", 0]);
  });
});
