import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import { register } from "prom-client";
import { type Delivery, TASK_NAMES, type Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { type Broker, connectBroker } from "./broker.ts";
import { type Consumer, consume } from "./consumer.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { createRpcClient, type RpcClient } from "./rpc-client.ts";
import { ageS } from "./stamp.ts";
import { RETRY_DELAYS_MS, TASKS } from "./topology.ts";

const headers = {
  traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  attempt: 0,
  epoch: 0,
};
const task = "scan.rule";

describe("consume", () => {
  let broker: Broker;
  let publisher: Publisher;
  let rpc: RpcClient;
  let raw: ChannelModel;
  let channel: Channel;
  const consumers: Consumer[] = [];

  beforeAll(async () => {
    broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
    publisher = await createPublisher(broker);
    rpc = await createRpcClient(broker);
    raw = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await raw.createChannel();
  });
  beforeEach(async () => {
    await Promise.all(consumers.splice(0).map((one) => one.stop(1_000)));
    const queues = TASK_NAMES.flatMap((name) => [name, `dlq.${name}`]);
    for (const name of [...queues, ...Object.keys(RETRY_DELAYS_MS)]) await channel.purgeQueue(name);
  });
  afterAll(async () => {
    await Promise.all(consumers.map((one) => one.stop(1_000)));
    await broker.close();
    await raw.close();
  });

  async function start(handler: Task, name: (typeof TASK_NAMES)[number] = task): Promise<Consumer> {
    const consumer = await consume(name, handler, { broker, publisher, log: silentLog });
    consumers.push(consumer);
    return consumer;
  }
  const waits = async (): Promise<number> => {
    const text = await register.getSingleMetricAsString("eco2_queue_wait_seconds");
    return Number(/_count\{task="scan\.rule"\} (\d+)/.exec(text)?.[1] ?? 0);
  };
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount;

  test("a message is acked once its work is done", async () => {
    const seen: unknown[] = [];
    const consumer = await start({ run: async (body) => void seen.push(body) });
    await publisher.publish(task, { n: 1 }, headers);
    await until(() => seen.length === 1);
    await consumer.stop(1_000);
    expect(seen).toEqual([{ n: 1 }]);
    expect(await depth(task)).toBe(0);
  });

  test("every message says when it was published, and how long it waited is measured once", async () => {
    const before = await waits();
    await publisher.publish(task, {}, headers);
    const message = await channel.get(task);
    if (message === false) throw new Error("no message");
    expect(ageS(message)).toBeLessThan(5);
    expect(Math.abs(Date.now() / 1_000 - message.properties.timestamp)).toBeLessThan(5);
    channel.ack(message);
    const seen: Delivery[] = [];
    await start({
      run: async (_, delivery) => {
        seen.push(delivery);
        if (seen.length < 2) throw new Fault("UNAVAILABLE", { retryAfterMs: 1 });
      },
    });
    await publisher.publish(task, {}, headers);
    await until(() => seen.length === 2);
    // The second delivery has waited because it was deferred.
    expect(await waits()).toBe(before + 1);
  });

  test("a message whose worker goes away is delivered again", async () => {
    const attempts: Delivery[] = [];
    const stuck = await start({
      run: (_, delivery) => {
        attempts.push(delivery);
        return new Promise((_resolve, reject) => {
          delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason));
        });
      },
    });
    await publisher.publish(task, {}, headers);
    await until(() => attempts.length === 1);
    await stuck.stop(10);
    const again: Delivery[] = [];
    await start({ run: async (_, delivery) => void again.push(delivery) });
    await until(() => again.length === 1);
    // Stopping says nothing about the message: it costs no try.
    expect(again[0]?.attempt).toBe(0);
  });

  test("a transient fault is tried again with a rising attempt and an unchanged trace", async () => {
    const seen: Delivery[] = [];
    await start({
      run: async (_, delivery) => {
        seen.push(delivery);
        if (seen.length < 2) throw new Fault("MODEL_UNAVAILABLE");
      },
    });
    await publisher.publish(task, {}, { ...headers, epoch: 1 });
    await until(() => seen.length === 2);
    expect(seen.map((delivery) => delivery.attempt)).toEqual([0, 1]);
    expect(seen.map((delivery) => delivery.epoch)).toEqual([1, 1]);
    expect(seen[1]?.traceparent.slice(3, 35)).toBe("a".repeat(32));
  });

  test("exhausted tries run onExhausted once and end in the dead letters", async () => {
    const exhausted: string[] = [];
    await start({
      run: () => Promise.reject(new Fault("MODEL_UNAVAILABLE")),
      onExhausted: async (_, fault) => void exhausted.push(fault.code),
    });
    await publisher.publish(task, {}, { ...headers, attempt: 3 });
    await until(async () => (await depth(`dlq.${task}`)) === 1);
    expect(exhausted).toEqual(["MODEL_UNAVAILABLE"]);
  });

  test("a task knows whether it runs again after a fault: that of its last try ends it", async () => {
    const codes = ["UNAVAILABLE", "TASK_TIMEOUT", "MODEL_REFUSED", "INTERNAL"] as const;
    const seen = new Map<number, boolean[]>();
    await start({
      run: async (_, delivery) => {
        const runAgain = codes.map((code) => delivery.runsAgain(new Fault(code)));
        seen.set(delivery.attempt, runAgain);
      },
    });
    const last = TASKS[task].retriesMax;
    for (const attempt of [0, last]) await publisher.publish(task, {}, { ...headers, attempt });
    await until(() => seen.size === 2);
    expect(seen.get(0)).toEqual([true, true, false, false]);
    expect(seen.get(last)).toEqual([true, false, false, false]);
  });

  test("a fault of the input fails at once and leaves no dead letter", async () => {
    const exhausted: string[] = [];
    const consumer = await start({
      run: () => Promise.reject(new Fault("IMAGE_EMPTY")),
      onExhausted: async (_, fault) => void exhausted.push(fault.code),
    });
    await publisher.publish(task, {}, headers);
    await until(() => exhausted.length === 1);
    await consumer.stop(1_000);
    expect(await depth(task)).toBe(0);
    expect(await depth(`dlq.${task}`)).toBe(0);
  });

  test("a bug and a message that is not JSON go to the dead letters, neighbours are served", async () => {
    const seen: unknown[] = [];
    await start({
      run: async (body) => {
        if (JSON.stringify(body).includes("bad")) throw new TypeError("a bug");
        seen.push(body);
      },
    });
    channel.publish("scan.direct", task, Buffer.from("not json"));
    await publisher.publish(task, "bad", headers);
    await publisher.publish(task, "good", headers);
    await until(async () => (await depth(`dlq.${task}`)) === 2);
    expect(seen).toEqual(["good"]);
  });

  test("an RPC is answered by the task's value, and rejects when nobody answers", async () => {
    await start({ run: async (body) => ({ echo: body }) }, "character.match");
    const call = rpc.call("character.match", { n: 7 }, headers.traceparent, 5_000);
    expect(await call).toEqual({ echo: { n: 7 } });
    const lonely = rpc.call("users.save_character", {}, headers.traceparent, 100);
    expect(lonely).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("waiting costs no try, however often", async () => {
    const seen: Delivery[] = [];
    await start({
      run: async (_, delivery) => {
        seen.push(delivery);
        if (seen.length < 3) throw new Fault("MODEL_RATE_LIMITED");
      },
      onExhausted: async () => void seen.splice(0),
    });
    await publisher.publish(task, {}, { ...headers, attempt: TASKS[task].retriesMax });
    await until(() => seen.length === 3, { timeoutMs: 12_000 });
    expect(seen.map((delivery) => delivery.attempt)).toEqual(Array(3).fill(TASKS[task].retriesMax));
  }, 15_000);

  test.each<["IMAGE_NOT_FOUND" | "MESSAGE_INVALID", number]>([
    ["IMAGE_NOT_FOUND", 0],
    ["MESSAGE_INVALID", 1],
  ])(
    "failed for good with %s while its end cannot be stored, a task is not run again",
    async (code, deadLetters) => {
      let runs = 0;
      const ends: Fault[] = [];
      await start({
        run: async () => {
          runs++;
          throw new Fault(code, { detail: "이 사진은 없어요." });
        },
        onExhausted: async (_, fault) => {
          ends.push(fault);
          if (ends.length < 3) throw new Fault("UNAVAILABLE");
        },
      });
      await publisher.publish(task, {}, headers);
      await until(() => ends.length === 3, { timeoutMs: 12_000 });
      await until(
        async () => (await depth(task)) === 0 && (await depth(`dlq.${task}`)) === deadLetters,
      );
      expect(runs).toBe(1);
      expect(ends.map((fault) => [fault.code, fault.detail])).toEqual(
        Array(3).fill([code, "이 사진은 없어요."]),
      );
    },
    15_000,
  );

  test("a paused consumer takes nothing, finishes what it has, is healthy, and goes on", async () => {
    const seen: unknown[] = [];
    const [taken, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const consumer = await start({
      run: async (body) => {
        taken.resolve();
        await gate.promise;
        seen.push(body);
      },
    });
    await publisher.publish(task, 1, headers);
    await taken.promise;
    await consumer.setPrefetch(0);
    await publisher.publish(task, 2, headers);
    gate.resolve();
    await until(() => seen.length > 0);
    expect(consumer.isConsuming()).toBe(true);
    expect([await depth(task), seen]).toEqual([1, [1]]);
    await consumer.setPrefetch(1);
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });

  test("a narrowed consumer holds no more than it is told, and widens up to its prefetch", async () => {
    let [held, most] = [0, 0];
    const consumer = await start({
      run: async () => {
        most = Math.max(most, ++held);
        await Bun.sleep(20);
        held--;
      },
    });
    const burst = () =>
      Promise.all(Array.from({ length: 300 }, () => publisher.publish(task, {}, headers)));
    const isIdle = async () => held === 0 && (await depth(task)) === 0;
    await consumer.setPrefetch(3);
    await burst();
    await until(isIdle);
    expect(most).toBe(3);
    await consumer.setPrefetch(0);
    await consumer.setPrefetch(100_000);
    await burst();
    await until(isIdle);
    expect(most).toBeWithin(4, TASKS[task].prefetch + 1);
  });

  test("a consumer that holds more than it is told takes nothing until it holds less", async () => {
    const seen: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    const consumer = await start({
      run: async (body) => {
        seen.push(body);
        await gate.promise;
      },
    });
    await consumer.setPrefetch(10);
    for (let i = 0; i < 15; i++) await publisher.publish(task, i, headers);
    await until(() => seen.length === 10);
    await consumer.setPrefetch(3);
    expect(consumer.isConsuming()).toBe(true);
    expect([await depth(task), seen.length]).toEqual([5, 10]);
    gate.resolve();
    await until(() => seen.length === 15);
  });

  test("a pause outlives a lost connection, and so does its end", async () => {
    const proxy = startTcpProxy(serviceUrls.AMQP_URL);
    const far = await connectBroker(proxy.url, silentLog);
    const seen: unknown[] = [];
    const consumer = await consume(
      task,
      { run: async (body) => void seen.push(body) },
      { broker: far, publisher, log: silentLog },
    );
    try {
      await consumer.setPrefetch(0);
      proxy.reset();
      await until(() => !far.isConnected());
      await until(() => far.isConnected());
      await publisher.publish(task, "while paused", headers);
      // Long enough for the channel to be back, as the other half of the test shows.
      await Bun.sleep(500);
      expect(seen).toEqual([]);
      proxy.reset();
      await until(() => !far.isConnected());
      await consumer.setPrefetch(5);
      await until(() => seen.length === 1);
    } finally {
      await consumer.stop(1_000);
      await far.close();
      proxy.stop();
    }
  }, 20_000);

  test("a consumer that stops takes nothing more, whatever prefetch it is told", async () => {
    const seen: unknown[] = [];
    const [taken, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const consumer = await start({
      run: async (body) => {
        seen.push(body);
        taken.resolve();
        await gate.promise;
      },
    });
    await publisher.publish(task, "in hand", headers);
    await taken.promise;
    const told = [consumer.setPrefetch(0), consumer.setPrefetch(7)];
    const stopped = consumer.stop(1_000);
    await Promise.all([...told, consumer.setPrefetch(9)]);
    await publisher.publish(task, "too late", headers);
    gate.resolve();
    await stopped;
    expect([await depth(task), seen]).toEqual([1, ["in hand"]]);
  });
});

test("a wrong password, port or vhost stops the boot naming AMQP_URL", async () => {
  const wrong = (change: (url: URL) => void): Promise<unknown> => {
    const url = new URL(serviceUrls.AMQP_URL);
    change(url);
    return connectBroker(url.href, silentLog);
  };
  const startedAt = performance.now();
  const outcomes = await Promise.allSettled([
    wrong((url) => Object.assign(url, { password: "wrong" })),
    wrong((url) => Object.assign(url, { pathname: "/none" })),
    wrong((url) => Object.assign(url, { port: "1" })),
  ]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected" });
  expect(outcomes.map((one) => one.status === "rejected" && String(one.reason))).toEqual([
    expect.stringContaining("BootError: AMQP_URL"),
    expect.stringContaining("BootError: AMQP_URL"),
    expect.stringContaining("BootError: AMQP_URL"),
  ]);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
}, 20_000);
