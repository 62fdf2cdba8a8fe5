import { describe, expect, test } from "bun:test";
import { isTaskName, TASK_NAMES } from "#lib/contract/task.ts";
import { BINDINGS, EXCHANGES, QUEUES, RETRY_DELAYS_MS, TASKS } from "./topology.ts";

/**
 * What a deployed broker already has. A queue cannot be redeclared with other arguments, so a release that
 * changes one of these does not start.
 */
const CONTRACT = {
  "scan.vision": { ttlS: 3_600, exchange: "scan.direct" },
  "scan.answer": { ttlS: 3_600, exchange: "scan.direct" },
  "scan.reward": { ttlS: 3_600, exchange: "scan.direct" },
  "scan.rule": { ttlS: 300, exchange: "scan.direct" },
  "character.match": { ttlS: 30, exchange: "character.direct" },
  "character.save_ownership": { ttlS: 86_400, exchange: "character.direct" },
  "users.save_character": { ttlS: 86_400, exchange: "users.direct" },
  "chat.process": { ttlS: 3_600, exchange: "chat.direct" },
} as const;
const contract = Object.entries(CONTRACT);
const names = Object.keys(CONTRACT);

const argumentsOf = (name: string) => QUEUES.find((queue) => queue.name === name)?.arguments;
const reachable = new Set(BINDINGS.map(({ queue }) => queue));

test("there are exactly these tasks, and no other name is one", () => {
  expect(TASK_NAMES.map(String).sort()).toEqual([...names].sort());
  for (const other of ["scan", "scan.vision2", "toString", "__proto__", ""]) {
    expect(isTaskName(other)).toBe(false);
  }
});

describe.each(contract)("%s", (name, { ttlS, exchange }) => {
  test("is a quorum queue that loses nothing on its way to the dead letters", () => {
    expect(argumentsOf(name)).toEqual({
      "x-queue-type": "quorum",
      "x-dead-letter-strategy": "at-least-once",
      // Without it at-least-once is refused by the broker.
      "x-overflow": "reject-publish",
      "x-message-ttl": ttlS * 1_000,
      "x-dead-letter-exchange": "dlx",
      "x-dead-letter-routing-key": name,
      "x-delivery-limit": 20,
    });
  });

  test("is asked to stop before it is stopped, and prefetches what the broker allows", () => {
    if (!isTaskName(name)) throw new Error(`${name} is no task`);
    const { softLimitMs, hardLimitMs, prefetch } = TASKS[name];
    expect(softLimitMs).toBeLessThan(hardLimitMs);
    expect(prefetch).toBeWithin(1, 8_193);
  });

  test("is reached by its own name, alive and dead", () => {
    expect(BINDINGS).toContainEqual({ exchange, queue: name, routingKey: name });
    expect(BINDINGS).toContainEqual({ exchange: "dlx", queue: `dlq.${name}`, routingKey: name });
  });

  test("has dead letters for 7 days and an archive for ever", () => {
    expect(argumentsOf(`dlq.${name}`)).toEqual({
      "x-queue-type": "quorum",
      "x-message-ttl": 7 * 86_400 * 1_000,
    });
    expect(argumentsOf(`archive.${name}`)).toEqual({ "x-queue-type": "quorum" });
  });
});

describe("the retry queues", () => {
  test.each([
    ["retry.1s", 1],
    ["retry.5s", 5],
    ["retry.30s", 30],
  ] as const)("%s gives a message back to the queue of its own routing key", (name, delayS) => {
    expect(Number(RETRY_DELAYS_MS[name])).toBe(delayS * 1_000);
    expect(argumentsOf(name)).toEqual({
      "x-queue-type": "quorum",
      "x-dead-letter-strategy": "at-least-once",
      "x-overflow": "reject-publish",
      "x-message-ttl": delayS * 1_000,
      // The default exchange; no routing key, which would replace the message's own.
      "x-dead-letter-exchange": "",
    });
    // A fanout, so that the key of the message survives its way in.
    expect(EXCHANGES).toContainEqual({ name, type: "fanout" });
    expect(BINDINGS).toContainEqual({ exchange: name, queue: name, routingKey: "" });
  });

  test("are named from the shortest to the longest", () => {
    const delays: number[] = Object.values(RETRY_DELAYS_MS);
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays).toHaveLength(3);
  });
});

describe("the table is complete:", () => {
  test("every name stands in it once", () => {
    const exchanges = EXCHANGES.map(({ name }) => name);
    expect(exchanges.sort()).toEqual(
      [
        ...["scan.direct", "character.direct", "users.direct", "chat.direct", "dlx"],
        ...["retry.1s", "retry.5s", "retry.30s", "character.cache", "authz.fanout"],
      ].sort(),
    );
    expect(QUEUES.map(({ name }) => name).sort()).toEqual(
      [
        ...names.flatMap((name) => [name, `dlq.${name}`, `archive.${name}`]),
        ...["retry.1s", "retry.5s", "retry.30s"],
      ].sort(),
    );
    const bindings = BINDINGS.map(({ queue, exchange }) => `${exchange} ${queue}`);
    expect(new Set(bindings).size).toBe(bindings.length);
  });

  test("every exchange that is named is declared, with the type its use needs", () => {
    const declared = new Map(EXCHANGES.map(({ name, type }) => [name, type]));
    for (const { exchange, routingKey } of BINDINGS) {
      expect([exchange, declared.get(exchange)]).toEqual([
        exchange,
        routingKey === "" ? "fanout" : "direct",
      ]);
    }
    for (const { arguments: given } of QUEUES) {
      const deadLetters = given["x-dead-letter-exchange"];
      if (deadLetters) expect(declared.has(String(deadLetters))).toBe(true);
    }
    for (const name of ["character.cache", "authz.fanout"])
      expect(declared.get(name)).toBe("fanout");
  });

  test("every binding leads to a declared queue, and every queue is reached", () => {
    const declared = QUEUES.map(({ name }) => name);
    for (const queue of reachable) expect(declared).toContain(queue);
    // Archives are written by name, over the default exchange.
    const unbound = declared.filter((name) => !reachable.has(name));
    expect(unbound.sort()).toEqual(names.map((name) => `archive.${name}`).sort());
  });
});
