import type { Redis } from "ioredis";
import { startRedisServer } from "#lib/testing/redis-server.ts";
import { until } from "#lib/testing/until.ts";
import type { ServiceName } from "../services/service.ts";
import type { Lab } from "./lab.ts";
import type { Scenario } from "./scenario.ts";

/** A broker's client notices a dead connection by two missed heartbeats of 5 s. */
const brokerRecoveryMs = 20_000;

/** Faults of the backing services and of the network to them. */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: "rabbitmq-kill",
    proves: "what the broker confirmed survives its kill -9; what it did not was never promised",
    quick: true,
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: (lab) => lab.interrupt("link", () => killAndRestart(lab, "rabbitmq", 0, 1_500)),
  },
  {
    name: "rabbitmq-cut",
    proves: "connections to the broker may break on either side, also while models are paid",
    workers: 2,
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      // What a worker is sent anew meets the call that it makes for it already.
      lab.model.slow(true);
      await Bun.sleep(lab.random.between(700, 2_200));
      await lab.repeat(3, [700, 2_200], (i) => resetBroker(lab, i));
      lab.model.slow(false);
    },
  },
  {
    name: "rabbitmq-half-open",
    proves: "a broker connection that goes silent is noticed and replaced",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      lab.workerLinks.rabbitmq.blackhole("both");
      // Messages sent until both sides have missed their heartbeats are delivered again.
      const from = Date.now();
      lab.interrupted("link", from, from + 2 * brokerRecoveryMs);
    },
  },
  {
    name: "confirm-lost",
    proves: "a publish whose confirm is lost is repeated, and its copy does no harm",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: (lab) =>
      lab.interrupt("link", async () => {
        for (const { rabbitmq } of lab.bothLinks) rabbitmq.blackhole("replies");
        await Bun.sleep(lab.random.between(1_500, 6_500));
        for (const links of lab.bothLinks) links.heal();
      }),
  },
  {
    name: "confirm-lost-by-one",
    proves: "a stage that is handed out again after its scan has ended pays no model again",
    demands: { recoveryMsMax: brokerRecoveryMs },
    fault: async (lab) => {
      const links = lab.addLinks();
      await lab.startWorker({}, links).ready();
      await Bun.sleep(lab.random.between(300, 900));
      await lab.interrupt("link", async () => {
        links.rabbitmq.blackhole("replies");
        await Bun.sleep(lab.random.between(2_000, 4_000));
        links.heal();
      });
    },
  },
  {
    name: "redis-kill",
    proves: "Redis may be killed and come back: scans wait for it",
    quick: true,
    fault: (lab) => lab.interrupt("store", () => killAndRestart(lab, "redis", 200, 2_500)),
  },
  {
    name: "redis-flush",
    proves: "Redis may forget everything at any moment: messages carry what matters",
    fault: (lab) =>
      lab.repeat(3, [500, 1_500], () =>
        lab.interrupt("wipe", () => lab.reader.readAndWipe(lab.redis)),
      ),
  },
  {
    name: "redis-full",
    proves: "a Redis that takes no more writes delays scans and loses none",
    fault: (lab) =>
      lab.interrupt("store", async () => {
        await lab.redis.config("SET", "maxmemory-policy", "noeviction");
        await lab.redis.config("SET", "maxmemory", "1");
        await Bun.sleep(lab.random.between(2_000, 4_000));
        await lab.redis.config("SET", "maxmemory", "0");
      }),
  },
  {
    name: "redis-cut",
    proves: "connections to Redis may break in the middle of any command",
    fault: (lab) =>
      lab.repeat(6, [300, 900], () => {
        const from = Date.now();
        lab.workerLinks.redis.reset();
        if (lab.random.chance(0.5)) lab.edgeLinks.redis.reset();
        lab.interrupted("store", from);
      }),
  },
  {
    name: "redis-half-open",
    proves: "a Redis connection that goes silent is noticed and replaced",
    demands: { recoveryMsMax: 15_000 },
    fault: async (lab) => {
      const from = Date.now();
      for (const { redis } of lab.bothLinks) redis.blackhole("both");
      lab.interrupted("store", from, from + 15_000);
    },
  },
  {
    name: "redis-switch-over",
    proves: "a Redis that becomes a replica and cuts no connection is left for the new primary",
    fault: async (lab) => {
      const { servers, redis } = lab;
      const own = new URL(servers.urls.REDIS_URL);
      const other = await startRedisServer(own.password);
      lab.onStop(other.stop);
      await redis.config("SET", "masterauth", own.password);
      await other.admin.replicaof(own.hostname, own.port);
      // Over to the other one by a cut, then back without one: the own is the one the suite reads.
      await lab.interrupt("store", async () => {
        await switchOver(redis, new URL(other.url));
        for (const { redis } of lab.bothLinks) {
          redis.setUpstream(other.url);
          redis.reset();
        }
      });
      await Bun.sleep(lab.random.between(3_000, 5_000));
      await lab.interrupt("store", async () => {
        await switchOver(other.admin, own);
        for (const links of lab.bothLinks) links.setUpstream(servers.urls);
        await Bun.sleep(reconnectMs);
      });
    },
  },
  {
    name: "postgres-read-only",
    proves: "sessions that began while Postgres was read-only are left when it is writable again",
    fault: (lab) =>
      // A session that is open stays what it is: this one can take the setting back.
      lab.query(async (sql) => {
        const { username, pathname } = new URL(lab.servers.urls.DATABASE_URL);
        const role = `alter role "${username}" in database "${pathname.slice(1)}"`;
        await sql.unsafe(`${role} set default_transaction_read_only = on`);
        try {
          await sql`select pg_terminate_backend(pid) from pg_stat_activity
            where usename = current_user and pid <> pg_backend_pid()`;
          await Bun.sleep(lab.random.between(2_000, 4_000));
        } finally {
          await sql.unsafe(`${role} reset default_transaction_read_only`);
        }
      }),
  },
  {
    name: "postgres-kill",
    proves: "Postgres may be killed and come back: results wait for it, models are not asked again",
    fault: (lab) => killAndRestart(lab, "postgres", 200, 2_500),
  },
  {
    name: "postgres-away",
    proves: "a long outage costs no scan its character, and no failed scan a second call",
    fault: (lab) => killAndRestart(lab, "postgres", 8_000, 12_000),
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
      for (const { postgres } of lab.bothLinks) postgres.blackhole("both");
    },
  },
  {
    name: "slow-network",
    proves: "late replies of all services reorder nothing",
    fault: async (lab) => {
      // One side at a time: where both are equally late, the order hardly changes.
      for (const links of lab.bothLinks) {
        links.redis.delay(lab.random.int(5, 60));
        links.rabbitmq.delay(lab.random.int(5, 120));
        links.postgres.delay(lab.random.int(30, 120));
        await Bun.sleep(2_500);
        links.heal();
      }
    },
  },
];

/** Until every process has been refused once and is connected to the new primary. */
const reconnectMs = 1_500;

/** As an operator does it: no write is lost, and no connection is cut. */
async function switchOver(from: Redis, to: URL): Promise<void> {
  const sees = async (text: string) => (await from.info("replication")).includes(text);
  await until(() => sees(`port=${to.port},state=online`));
  await from.call("FAILOVER", "TO", to.hostname, to.port);
  await until(() => sees("role:slave"));
}

async function killAndRestart(lab: Lab, name: ServiceName, minMs: number, maxMs: number) {
  lab.servers.kill(name);
  await Bun.sleep(lab.random.between(minMs, maxMs));
  await lab.restartServices();
}

/** The worker's connection, edge's, both. */
function resetBroker(lab: Lab, i: number): void {
  const from = Date.now();
  if (i !== 0) lab.edgeLinks.rabbitmq.reset();
  if (i === 1) return;
  lab.workerLinks.rabbitmq.reset();
  lab.interrupted("link", from);
}
