import { RETRY_DELAYS_MS } from "#lib/queue/topology.ts";
import { until } from "#lib/testing/until.ts";
import { withChannel } from "#lib/testing/wipe.ts";
import { standingLimit } from "../services/rabbitmq.ts";
import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** Of a worker under an alarm: it waits for model calls, which take a quarter of a second here. */
const workerStopMs = 30_000;

/** What operators do to a broker, and what it does when it is short of memory. */
export const brokerScenarios: readonly Scenario[] = [
  {
    name: "broker-alarm",
    proves:
      "under an alarm submits are refused at once and do not run later; workers wait, or stop",
    workers: 2,
    load: { retries: true },
    fault: async (lab) => {
      const [stopped] = lab.workers;
      await lab.servers.rabbitmqctl("set_vm_memory_high_watermark", "0");
      try {
        await Bun.sleep(lab.random.between(2_000, 6_000));
        await expectUnready(lab);
        if (stopped) await lab.terminate(stopped, workerStopMs);
      } finally {
        await lab.servers.rabbitmqctl("set_vm_memory_high_watermark", "0.4");
      }
      await lab.startWorker().ready();
    },
  },
  {
    name: "queue-deleted",
    proves: "a queue that is deleted is back within seconds, and the others are served meanwhile",
    fault: async (lab) => {
      const stage = lab.random.pick(["scan.vision", "scan.rule", "scan.answer", "scan.reward"]);
      for (const queue of [stage, "character.match", "users.save_character"]) {
        await deleteEmpty(lab, queue);
        await Bun.sleep(lab.random.between(1_500, 2_500));
      }
    },
  },
  {
    name: "policy-nack",
    proves:
      "what a full queue refuses is not accepted, and its publishers go on once there is room",
    fault: async (lab) => {
      const [worker] = lab.workers;
      if (worker) await lab.terminate(worker, workerStopMs);
      await retriesReturned(lab);
      // Publishers are to go on at a broker that nobody has prepared as well.
      await lab.servers.rabbitmqctl("clear_operator_policy", "-p", "eco2", standingLimit);
      const policy = ["^scan\\.vision$", '{"max-length":2}', "--apply-to", "queues"];
      await lab.servers.rabbitmqctl("set_policy", "-p", "eco2", "chaos", ...policy);
      await Bun.sleep(lab.random.between(1_000, 2_500));
      await lab.servers.rabbitmqctl("clear_policy", "-p", "eco2", "chaos");
      // Until then RabbitMQ before 3.13.8 keeps what a retry queue should return to the queue that was full.
      lab.onStop(async () => {
        lab.servers.kill("rabbitmq");
        await lab.servers.restart();
      });
      await lab.startWorker().ready();
    },
  },
];

/** An edge that has not heard of the alarm waits for its confirm, as its submits do. */
async function expectUnready(lab: Lab): Promise<void> {
  const from = performance.now();
  const { status } = await fetch(`${lab.origin}/readyz`);
  const ms = Math.round(performance.now() - from);
  if (status === 503 && ms <= heardMsMax) return;
  lab.exits.push(`under an alarm edge says ${status} on /readyz, after ${ms} ms`);
}

/** Below the 2 s that readiness gives a check. */
const heardMsMax = 1_500;

/** What would return to a queue that is full keeps its retry queue from all returns, until the broker restarts. */
async function retriesReturned(lab: Lab): Promise<void> {
  await withChannel(lab.servers.urls.AMQP_URL, async (channel) => {
    for (const [queue, delayMs] of Object.entries(RETRY_DELAYS_MS)) {
      const isEmpty = async () => (await channel.checkQueue(queue)).messageCount === 0;
      await until(isEmpty, { timeoutMs: delayMs + 10_000 });
    }
  });
}

/** At a moment when nothing waits in it: messages that are deleted with their queue are lost by right. */
function deleteEmpty(lab: Lab, queue: string): Promise<void> {
  return withChannel(lab.servers.urls.AMQP_URL, async (channel) => {
    let from = Date.now();
    while ((await channel.checkQueue(queue)).messageCount > 0) from = Date.now();
    await channel.deleteQueue(queue);
    lab.interrupted("queue", from);
  });
}
