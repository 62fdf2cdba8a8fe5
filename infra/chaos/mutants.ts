import type { Patch } from "./patch-tree.ts";

/** A defect put into a copy of the code, and the scenario that has to find it. */
export interface Mutant {
  readonly name: string;
  readonly caughtBy: string;
  readonly patches: readonly Patch[];
}

function mutant(name: string, caughtBy: string, ...patches: readonly Patch[]): Mutant {
  return { name, caughtBy, patches };
}

export const MUTANTS: readonly Mutant[] = [
  mutant("ack-before-effect", "worker-kill", {
    file: "lib/queue/consumer.ts",
    find: "    settlement.received(message);\n",
    // What was never received is not settled again.
    replace: "    settlement.channel.ack(message);\n",
  }),
  mutant(
    "done-before-result",
    "slow-network",
    {
      file: "lib/scan/end-scan.ts",
      find: "const standing = await results.saveResult(run, result, clock.now());",
      replace: "const standing = result;",
    },
    {
      file: "lib/scan/end-scan.ts",
      find: "  await events.emitEnd(run, endSteps(lastStage, standing), standing);\n",
      replace: `  await events.emitEnd(run, endSteps(lastStage, standing), standing);
  await results.saveResult(run, result, clock.now());
`,
    },
    {
      file: "lib/scan-store/scan-store.ts",
      find: "      const settings = endSettings(jobId, userId, result);\n",
      replace: "      const settings: Setting[] = [];\n",
    },
  ),
  mutant("no-confirm", "policy-nack", {
    file: "lib/queue/confirmed-channel.ts",
    find: "      this.#inFlight++;\n",
    replace: "      this.#inFlight++;\n      resolve(true);\n",
  }),
  mutant(
    "marker-before-emit",
    "redis-cut",
    {
      file: "lib/scan-store/emit-events.ts",
      find: 'import { script } from "#lib/redis/script.ts";\n',
      replace:
        'import { redisCall } from "#lib/redis/client.ts";\nimport { script } from "#lib/redis/script.ts";\n',
    },
    {
      file: "lib/scan-store/emit-events.ts",
      find: "      const values = settings.flatMap",
      replace: `      // Seen once is seen for ever, also when the event itself never got out.
      const marker = \`marker:\${jobId}:\${events.at(-1)?.seq}\`;
      if ((await redisCall(() => redis.set(marker, 1, "NX"))) === null) return 0;
      await Bun.sleep(40);
      const values = settings.flatMap`,
    },
  ),
  mutant("no-checkpoint", "confirm-lost", {
    file: "lib/scan-store/begin-stage.ts",
    find: "if checkpoint then",
    replace: "if checkpoint == '' then",
  }),
  mutant("stays-with-replica", "redis-switch-over", {
    file: "lib/redis/follow-primary.ts",
    find: "for (const one of address.connections) one.disconnect(true);",
    replace: "",
  }),
  mutant("keeps-read-only-sessions", "postgres-read-only", {
    file: "lib/db/pool.ts",
    find: "if (isReadOnly(error) && !isRecent) replace(used);",
    replace: "if (isReadOnly(error) && !isRecent) used.successes++;",
  }),
  mutant("undecided-is-none", "postgres-away", {
    file: "services/worker/tasks/scan.reward.ts",
    find: 'if (!reply) return "undecided";',
    replace: "if (!reply) return null;",
  }),
  mutant("fails-again", "postgres-away", {
    file: "lib/queue/handle-delivery.ts",
    find: "const headers = { ...received.headers, fault };",
    replace: "const { headers } = received;",
  }),
  mutant("resume-from-live", "workers-rolling", {
    file: "services/events/open-stream.ts",
    find: "    stream.replay(frames);\n",
    replace: "    stream.replay(isOver ? frames : []);\n",
  }),
  mutant("alarm-unheard", "broker-alarm", {
    file: "lib/queue/broker.ts",
    find: "    alarm.raise();\n",
    replace: "",
  }),
  mutant("retract-unmarked", "broker-alarm", {
    file: "lib/scan-store/queue-scan.ts",
    find: "if ARGV[2] ~= '0' then",
    replace: "if ARGV[2] == '' then",
  }),
  mutant("no-lease", "rabbitmq-cut", {
    file: "lib/scan-store/begin-stage.ts",
    find: 'isTaken ? leases.holder : ""',
    replace: "leases.holder",
  }),
  mutant("leases-unshared", "rabbitmq-cut", {
    file: "lib/scan-store/begin-stage.ts",
    find: "if holder and holder ~= ARGV[4]",
    replace: "if false and holder",
  }),
  mutant("queue-undeclared", "queue-deleted", {
    file: "lib/queue/assert-topology.ts",
    find: "export async function assertQueues(channel: Channel, queues: readonly QueueSpec[]): Promise<void> {\n",
    replace: `export async function assertQueues(channel: Channel, all: readonly QueueSpec[]): Promise<void> {
  const queues = all.filter(({ name }) => name !== "users.save_character");
`,
  }),
  mutant("refused-for-ever", "policy-nack", {
    file: "lib/queue/confirmed-channel.ts",
    find: "const nacksMax = 3;",
    replace: "const nacksMax = Number.POSITIVE_INFINITY;",
  }),
  mutant("resumes-late", "chat-cut", {
    file: "lib/chat/chat-log.ts",
    find: "if (seen >= start) return seen - start;",
    replace: "if (seen >= start) return Math.min(seen - start + 3, end.bytes);",
  }),
  mutant("replaces-nothing", "chat-kill", {
    file: "lib/chat-store/transcript.ts",
    find: "    this.#begins = true;\n",
    replace: "",
  }),
  mutant("mends-nothing", "publications-lost", {
    file: "services/events/adapters/published-events.ts",
    find: 'const fits = newest !== undefined && after !== "" && !isAfter(after, one.seen);',
    replace: "if (newest === undefined) return;\n    const fits = newest !== after;",
  }),
];
