import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** A broker's clients notice a dead connection by two missed heartbeats of 5 s. */
const brokerRecoveryMs = 20_000;

/** Faults of the backing services and of the ways to them. */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: "rabbitmq-kill",
    proves: "what the broker confirmed survives its kill -9; what it did not was never promised",
    quick: true,
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      const from = Date.now();
      await lab.killService("rabbitmq");
      await Bun.sleep(lab.random.between(0, 1_500));
      await lab.restartServices();
      lab.interrupted("link", from);
    },
  },
  {
    name: "rabbitmq-cut",
    proves: "connections to the broker may break at any moment, on either side",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      for (let i = 0; i < 3; i++) {
        cutBroker(lab);
        await Bun.sleep(lab.random.between(700, 2_200));
      }
    },
  },
  {
    name: "rabbitmq-half-open",
    proves: "a broker connection that goes silent is noticed and replaced",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      lab.workerLinks.rabbitmq.blackhole("both");
      // Until both sides have missed their heartbeats, the messages in between belong to nobody.
      const from = Date.now();
      lab.interrupted("link", from, from + 2 * brokerRecoveryMs);
    },
  },
  {
    name: "confirm-lost",
    proves: "a publish whose confirm is lost is repeated, and its copy does no harm",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      const from = Date.now();
      lab.workerLinks.rabbitmq.blackhole("replies");
      lab.edgeLinks.rabbitmq.blackhole("replies");
      await Bun.sleep(lab.random.between(1_500, 6_500));
      lab.workerLinks.heal();
      lab.edgeLinks.heal();
      lab.interrupted("link", from);
    },
  },
  {
    name: "confirm-lost-by-one",
    proves: "a stage that is handed out again after its scan has ended pays no model again",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      const links = lab.addLinks();
      await lab.startWorker({}, links).ready();
      await Bun.sleep(lab.random.between(300, 900));
      const from = Date.now();
      links.rabbitmq.blackhole("replies");
      await Bun.sleep(lab.random.between(2_000, 4_000));
      links.heal();
      lab.interrupted("link", from);
    },
  },
  {
    name: "redis-kill",
    proves: "Redis may be killed and come back: scans wait for it",
    quick: true,
    fault: async (lab) => {
      const from = Date.now();
      await lab.killService("redis");
      await Bun.sleep(lab.random.between(200, 2_500));
      await lab.restartServices();
      lab.interrupted("store", from);
    },
  },
  {
    name: "redis-flush",
    proves: "Redis may forget everything at any moment: messages carry what matters",
    fault: async (lab) => {
      for (let i = 0; i < 3; i++) {
        const from = Date.now();
        await lab.reader.readAndWipe(lab.redis);
        lab.interrupted("wipe", from);
        await Bun.sleep(lab.random.between(500, 1_500));
      }
    },
  },
  {
    name: "redis-full",
    proves: "a Redis that takes no more writes delays scans and loses none",
    fault: async (lab) => {
      const from = Date.now();
      await lab.redis.config("SET", "maxmemory-policy", "noeviction");
      await lab.redis.config("SET", "maxmemory", "1");
      await Bun.sleep(lab.random.between(2_000, 4_000));
      await lab.redis.config("SET", "maxmemory", "0");
      lab.interrupted("store", from);
    },
  },
  {
    name: "redis-cut",
    proves: "connections to Redis may break in the middle of any command",
    fault: async (lab) => {
      for (let i = 0; i < 6; i++) {
        const from = Date.now();
        lab.workerLinks.redis.reset();
        if (lab.random.chance(0.5)) lab.edgeLinks.redis.reset();
        lab.interrupted("store", from);
        await Bun.sleep(lab.random.between(300, 900));
      }
    },
  },
  {
    name: "redis-half-open",
    proves: "a Redis connection that goes silent is noticed and replaced",
    demands: { recoveryMsMax: 15_000 },
    fault: async (lab) => {
      const from = Date.now();
      lab.workerLinks.redis.blackhole("both");
      lab.edgeLinks.redis.blackhole("both");
      lab.interrupted("store", from, from + 15_000);
    },
  },
  {
    name: "postgres-kill",
    proves: "Postgres may be killed and come back: results wait for it, models are not asked again",
    fault: async (lab) => {
      await lab.killService("postgres");
      await Bun.sleep(lab.random.between(200, 2_500));
      await lab.restartServices();
    },
  },
  {
    name: "postgres-terminate",
    proves: "queries whose backend is terminated are repeated, again and again",
    fault: async (lab) => {
      const until = Date.now() + lab.random.between(3_000, 5_000);
      await lab.query(async (sql) => {
        while (Date.now() < until) {
          await sql`select pg_terminate_backend(pid) from pg_stat_activity
            where usename = current_user and pid <> pg_backend_pid()`;
          await Bun.sleep(lab.random.between(50, 300));
        }
      });
    },
  },
  {
    name: "postgres-half-open",
    proves: "Postgres connections that go silent are replaced",
    demands: { recoveryMsMax: 15_000 },
    fault: async (lab) => {
      lab.workerLinks.postgres.blackhole("both");
      lab.edgeLinks.postgres.blackhole("both");
    },
  },
  {
    name: "slow-network",
    proves: "late replies of all services reorder nothing",
    fault: async (lab) => {
      // One side at a time: both late by the same is nearly in time.
      for (const links of [lab.workerLinks, lab.edgeLinks]) {
        links.redis.delay(lab.random.int(5, 60));
        links.rabbitmq.delay(lab.random.int(5, 120));
        links.postgres.delay(lab.random.int(30, 120));
        await Bun.sleep(2_500);
        links.heal();
      }
    },
  },
];

function cutBroker(lab: Lab): void {
  const from = Date.now();
  const side = lab.random.pick(["worker", "edge", "both"] as const);
  if (side !== "edge") lab.workerLinks.rabbitmq.reset();
  if (side !== "worker") lab.edgeLinks.rabbitmq.reset();
  if (side !== "edge") lab.interrupted("link", from);
}
