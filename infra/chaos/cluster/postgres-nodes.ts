import { dirname } from "node:path";
import postgres from "postgres";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { until } from "#lib/testing/until.ts";
import { findFirst } from "../../services/binary.ts";
import { ports } from "./front.ts";
import type { Machine } from "./machines.ts";
import type { ClusterPlan } from "./plan.ts";
import { Server, type StoreNode } from "./store-node.ts";

interface PostgresNode extends StoreNode {
  /** The first primary, empty. */
  create(): Promise<void>;
}

/**
 * A primary and its standbys, one of which confirms each commit. What CloudNativePG does to them when one fails is
 * done here by `promote` and `start`: standbys follow whichever server the front leads to.
 */
export function postgresNodes(machines: readonly Machine[], plan: ClusterPlan) {
  const nodes = machines.map((machine) => createNode(machine, plan));
  const primary = async (): Promise<StoreNode> => {
    for (const node of nodes) {
      if ((await numberOf(node, isPrimary)) === 1) return node;
    }
    throw new Error("no node of PostgreSQL is the primary");
  };
  const frontLeads = (): Promise<boolean> =>
    ask(plan.front, (sql) => sql`select 1`).then(
      () => true,
      () => false,
    );
  const promote = async (): Promise<void> => {
    const standbys = await Promise.all(
      nodes.map(async (node) => ({ node, received: await numberOf(node, received) })),
    );
    const [best] = standbys.sort((a, b) => b.received - a.received);
    if (!best || best.received < 0) throw new Error("no standby of PostgreSQL is there");
    await ask(best.node.machine.address, (sql) => sql`select pg_promote()`);
    // A server that is dead is asked until the front has noticed: who follows the primary comes by the front.
    await until(frontLeads, { timeoutMs: 30_000 });
  };
  return {
    nodes,
    primary,
    /** All of them, the first one as primary. */
    create: async (): Promise<void> => {
      const [first, ...others] = nodes;
      if (!first) throw new Error("no nodes");
      await first.create();
      await until(async () => (await numberOf(first, isPrimary)) === 1);
      await ask(first.machine.address, async (sql) => {
        // No standby is there to confirm it.
        await sql`set synchronous_commit = local`;
        await sql`create role probe login`;
        await sql`create role eco2 login`;
        await sql`create database eco2 owner eco2`;
      });
      await until(frontLeads);
      await Promise.all(others.map((one) => one.start()));
    },
    /** Makes the standby primary that has most of what the last primary wrote. */
    promote,
    /**
     * First it takes no more writes, on sessions that stay open. Then the standbys lose it: one that got another record
     * after the new primary was chosen could not follow that one. It ends only after `left`: nothing but a refusal
     * tells a session to leave.
     */
    switchOver: async (from: StoreNode, left: () => Promise<void>): Promise<void> => {
      const { address } = from.machine;
      await ask(address, async (sql) => {
        await sql`alter system set default_transaction_read_only = on`;
        await sql`select pg_reload_conf()`;
      });
      await until(async () => (await numberOf(from, writing)) === 0);
      await until(async () => !(await frontLeads()), { timeoutMs: 30_000 });
      await ask(address, (sql) => sql`select pg_terminate_backend(pid) from pg_stat_replication`);
      await promote();
      await left();
      await from.stop();
      await from.start();
    },
    /** Until the primary that the front leads to has all standbys. */
    ready: async (): Promise<void> => {
      const isComplete = () =>
        ask(plan.front, async (sql) => {
          const rows = await sql`select 1 from pg_stat_replication
            where state = 'streaming' and sync_state = 'quorum'`;
          return rows.length === machines.length - 1;
        });
      await until(isComplete, { timeoutMs: 40_000, pollMs: 200 });
    },
  };
}

/** Transactions that have written, and are not over. */
const writing = "select count(*)::int as value from pg_stat_activity where backend_xid is not null";
const isPrimary = "select (not pg_is_in_recovery())::int as value";
/** Of the log, in bytes; of a server that is no standby -1. */
const received = "select coalesce(pg_last_wal_receive_lsn() - '0/0', -1)::float8 as value";

/** What one server says; -1 when it says nothing. */
async function numberOf({ machine }: StoreNode, query: string): Promise<number> {
  const rows = ask(machine.address, (sql) => sql.unsafe(query));
  return Number((await rows.catch(() => []))[0]?.value ?? -1);
}

function createNode(machine: Machine, plan: ClusterPlan): PostgresNode {
  const folderOfBinaries = dirname(findFirst(["postgres"]).postgres ?? "");
  const binary = (name: string) => `${folderOfBinaries}/${name}`;
  const server = new Server(machine, "postgres", plan.folder);
  const data = `${server.folder}/data`;
  const spawn = async (): Promise<void> => {
    const write = 'printf %s "$1" > "$0/postgresql.conf" && printf %s "$2" > "$0/pg_hba.conf"';
    await server.run(["sh", "-c", write, data, postgresConfiguration(plan, machine.name), trust]);
    server.spawn([binary("postgres"), "-D", data]);
  };
  return {
    machine,
    create: async () => {
      const options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
      await server.run([binary("initdb"), `--pgdata=${data}`, ...options, "--no-sync"]);
      await spawn();
    },
    /** As a standby, with a new copy of the primary: its own data may have gone another way. */
    start: async () => {
      await server.run(["rm", "-rf", data]);
      const source = ["-h", plan.front, "-p", String(ports.postgres), "-U", "postgres"];
      const options = ["-D", data, "-R", "-c", "fast", "--no-sync"];
      await server.run([binary("pg_basebackup"), ...source, ...options]);
      await spawn();
    },
    kill: () => server.end("SIGKILL"),
    stop: () => server.end("SIGINT"),
  };
}

const askMs = 5_000;

async function ask<T>(host: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const account = { user: "postgres", database: "postgres" };
  const options = { max: 1, connect_timeout: 2, onnotice: () => undefined };
  const sql = postgres({ host, port: ports.postgres, ...account, ...options });
  try {
    // Where a proxy closes each connection, the driver itself would try for ever.
    return await withDeadline(askMs, question(sql));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Whoever is in this network is let in: nobody else reaches it. */
const trust = "host all all all trust\nhost replication all all trust\n";

export function postgresConfiguration({ front }: ClusterPlan, name: string): string {
  return [
    "listen_addresses = '*'",
    `port = ${ports.postgres}`,
    "unix_socket_directories = ''",
    "max_connections = 100",
    `cluster_name = '${name}'`,
    `primary_conninfo = 'host=${front} port=${ports.postgres} user=postgres'`,
    // `synchronous: { method: any, number: 1 }` of the manifests, and what CloudNativePG sets by itself.
    "synchronous_standby_names = 'ANY 1 (*)'",
    "wal_keep_size = '512MB'",
    "wal_sender_timeout = '5s'",
    "wal_receiver_timeout = '5s'",
    "wal_retrieve_retry_interval = '1s'",
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    "",
  ].join("\n");
}
