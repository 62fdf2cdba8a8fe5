import type { Patch } from "./patch-tree.ts";

/** A defect put into a copy of the code, and the scenarios that have to find it. */
export interface Mutant {
  readonly name: string;
  /** What the suite must say about it. */
  readonly caughtBy: readonly string[];
  readonly patches: readonly Patch[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "ack-before-effect",
    caughtBy: ["worker-kill"],
    patches: [
      {
        file: "lib/queue/consumer.ts",
        find: "    settlement.received(message);\n",
        // What was never received is not settled again.
        replace: "    settlement.channel.ack(message);\n",
      },
    ],
  },
  {
    name: "done-before-result",
    caughtBy: ["slow-network"],
    patches: [
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
        find: "await eventLog.emit(userId, events, { settings: endSettings(jobId, userId, result) });",
        replace: "await eventLog.emit(userId, events);",
      },
    ],
  },
  {
    name: "no-confirm",
    caughtBy: ["policy-nack"],
    patches: [
      {
        file: "lib/queue/confirmed-channel.ts",
        find: "      await promise;\n",
        replace: "      resolve();\n      await promise;\n",
      },
    ],
  },
  {
    name: "marker-before-emit",
    caughtBy: ["redis-cut"],
    patches: [
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
      if ((await redisCall(() => redis.set(marker, 1, "NX"))) === null) return [];
      await Bun.sleep(40);
      const values = settings.flatMap`,
      },
    ],
  },
  {
    name: "no-checkpoint",
    caughtBy: ["confirm-lost"],
    patches: [
      {
        file: "lib/scan-store/begin-stage.ts",
        find: "if checkpoint then",
        replace: "if checkpoint == '' then",
      },
    ],
  },
  {
    name: "stays-with-replica",
    caughtBy: ["redis-switch-over"],
    patches: [
      {
        file: "lib/redis/follow-primary.ts",
        find: "for (const one of address.connections) one.disconnect(true);",
        replace: "",
      },
    ],
  },
  {
    name: "keeps-read-only-sessions",
    caughtBy: ["postgres-read-only"],
    patches: [
      {
        file: "lib/db/pool.ts",
        find: "if (isReadOnly(error) && !isRecent) replace(used);",
        replace: "if (isReadOnly(error) && !isRecent) used.successes++;",
      },
    ],
  },
  {
    name: "undecided-is-none",
    caughtBy: ["postgres-away"],
    patches: [
      {
        file: "services/worker/tasks/scan.reward.ts",
        find: 'if (!reply) return "undecided";',
        replace: "if (!reply) return null;",
      },
    ],
  },
  {
    name: "fails-again",
    caughtBy: ["postgres-away"],
    patches: [
      {
        file: "lib/queue/handle-delivery.ts",
        find: "const headers = { ...received.headers, fault };",
        replace: "const { headers } = received;",
      },
    ],
  },
  {
    name: "resume-from-live",
    caughtBy: ["workers-rolling"],
    patches: [
      {
        file: "services/events/open-stream.ts",
        find: "    stream.replay(frames);\n",
        replace: "    stream.replay(isOver ? frames : []);\n",
      },
    ],
  },
  {
    name: "alarm-unheard",
    caughtBy: ["broker-alarm"],
    patches: [{ file: "lib/queue/broker.ts", find: "    alarm.raise();\n", replace: "" }],
  },
  {
    name: "retract-unmarked",
    caughtBy: ["broker-alarm"],
    patches: [
      {
        file: "lib/scan-store/queue-scan.ts",
        find: "if ARGV[2] ~= '0' then",
        replace: "if ARGV[2] == '' then",
      },
    ],
  },
  {
    name: "no-lease",
    caughtBy: ["rabbitmq-cut"],
    patches: [
      {
        file: "lib/scan-store/begin-stage.ts",
        find: 'isTaken ? leases.holder : ""',
        replace: "leases.holder",
      },
    ],
  },
  {
    name: "queue-undeclared",
    caughtBy: ["queue-deleted"],
    patches: [
      {
        file: "lib/queue/assert-topology.ts",
        find: "export async function assertQueues(channel: Channel, queues: readonly QueueSpec[]): Promise<void> {\n",
        replace: `export async function assertQueues(channel: Channel, all: readonly QueueSpec[]): Promise<void> {
  const queues = all.filter(({ name }) => name !== "users.save_character");
`,
      },
    ],
  },
  {
    name: "refused-for-ever",
    caughtBy: ["policy-nack"],
    patches: [
      {
        file: "lib/queue/confirmed-channel.ts",
        find: "const nacksMax = 3;",
        replace: "const nacksMax = Number.POSITIVE_INFINITY;",
      },
    ],
  },
];
