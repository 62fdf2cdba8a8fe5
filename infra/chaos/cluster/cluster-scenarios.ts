import type { Scenario } from "../scenario.ts";
import type { ClusterLab } from "./cluster-lab.ts";

/** Nothing starts anew any more, and the scans that are missing are only waited for. */
const ratePerSAfter = 30;
/** Two cores have three nodes of every store beside the system. */
const common: Pick<Scenario, "load" | "demands"> = {
  load: { ratePerS: 20, ratePerSAfter },
  // A client of the broker notices a dead connection by two missed heartbeats of 5 s.
  demands: { recoveryMsMax: 20_000 },
};
/** The rest of the cores is for what starts anew beside the load, which would take longer than the scans. */
const slow: Pick<Scenario, "load"> = { load: { ratePerS: 12, ratePerSAfter } };
/** How long what was killed, or cut off, stays away: longer than any store takes to notice. */
const awayMs = { min: 4_000, max: 6_000 };

export const clusterScenarios: readonly Scenario<ClusterLab>[] = [
  {
    ...common,
    ...slow,
    name: "rabbitmq-primary-kill",
    proves: "the node that leads a queue may be killed: what is confirmed is on two others",
    fault: async (lab) => {
      const { rabbitmq } = lab.servers;
      const leader = rabbitmq.leaderOf("scan.vision");
      await lab.failure(`RabbitMQ on ${leader.machine.name} killed`, ["link"], async () => {
        await leader.kill();
        await Bun.sleep(lab.random.between(awayMs.min, awayMs.max));
        await leader.start();
      });
    },
  },
  {
    ...common,
    name: "redis-primary-kill",
    proves: "a replica is primary within seconds, and the old primary comes back as a replica",
    fault: async (lab) => {
      const { redis } = lab.servers;
      const primary = await redis.primary();
      await lab.failure(`Redis on ${primary.machine.name} killed`, ["store"], async () => {
        await primary.kill();
        await redis.failedOver(primary);
        await primary.start();
      });
    },
  },
  {
    ...common,
    name: "postgres-primary-kill",
    proves: "a standby that confirmed every commit is made primary, and results wait for it",
    fault: async (lab) => {
      const { postgres } = lab.servers;
      const primary = await postgres.primary();
      await lab.failure(`PostgreSQL on ${primary.machine.name} killed`, [], async () => {
        await primary.kill();
        await postgres.promote();
        await primary.start();
      });
    },
  },
  {
    ...common,
    name: "switch-over",
    proves: "a primary that steps down and cuts no connection is left for the new one",
    fault: async (lab) => {
      const { redis, postgres } = lab.servers;
      const [ofRedis, ofPostgres] = [await redis.primary(), await postgres.primary()];
      await lab.failure(`Redis on ${ofRedis.machine.name} steps down`, ["store"], () =>
        redis.switchOver(ofRedis),
      );
      await lab.failure(`PostgreSQL on ${ofPostgres.machine.name} steps down`, [], () =>
        postgres.switchOver(ofPostgres, () => lab.processesReady()),
      );
    },
  },
  {
    ...common,
    ...slow,
    // What was cut off is sent again later and later.
    demands: { recoveryMsMax: 30_000 },
    name: "partition",
    proves: "a machine that nobody reaches is done without, and comes back without a word lost",
    fault: async (lab) => {
      for (const machine of lab.servers.machines) {
        await lab.failure(`${machine.name} cut off`, ["worker", "store", "link"], async () => {
          machine.cut();
          await Bun.sleep(lab.random.between(awayMs.min, awayMs.max));
          machine.heal();
        });
      }
    },
  },
  {
    ...common,
    ...slow,
    name: "machine-kill",
    proves: "a machine may lose its power with an edge, a worker and the primary of two stores",
    fault: async (lab) => {
      const { servers, random } = lab;
      const ofPostgres = await servers.postgres.primary();
      const machine = lab.hasEdge(ofPostgres.machine)
        ? ofPostgres.machine
        : random.pick(servers.machines.filter((one) => lab.hasEdge(one)));
      const nodes = servers.nodesOn(machine);
      const primary = await servers.redis.primary();
      await lab.failure(`${machine.name} killed`, ["worker", "store", "link"], async () => {
        await lab.killMachine(machine);
        if (ofPostgres.machine === machine) await servers.postgres.promote();
        if (primary.machine === machine) await servers.redis.failedOver(primary);
        else await Bun.sleep(random.between(awayMs.min, awayMs.max));
        await Promise.all(nodes.map((node) => node.start()));
        lab.startApps(machine);
      });
    },
  },
  {
    ...common,
    ...slow,
    name: "rolling-restart",
    proves: "every server and every process may be restarted in order under load",
    fault: async (lab) => {
      for (const machine of lab.servers.machines) {
        await lab.failure(`${machine.name} restarted`, ["store", "link"], () =>
          lab.restart(machine),
        );
      }
    },
  },
];

/** Mutants that show what it finds, each with the scenario that has to. */
export const caughtInCluster: Readonly<Record<string, string>> = {
  "ack-before-effect": "machine-kill",
  "keeps-read-only-sessions": "switch-over",
};
