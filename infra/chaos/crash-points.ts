import type { Patch } from "./patch-tree.ts";

/** Steps between a message's arrival and its acknowledgement at which a worker can be made to die. */
export const CRASH_POINTS: readonly string[] = [
  ...["scan.vision", "scan.rule", "scan.answer", "scan.reward"].flatMap((task) => [
    `${task} received`,
    `${task} done`,
    `${task} acked`,
  ]),
  ...["character.match", "character.save_ownership", "users.save_character"].flatMap((task) => [
    `${task} received`,
    `${task} done`,
  ]),
  ...["scan.rule", "scan.answer", "scan.reward"].map((task) => `${task} published`),
  ...["character.save_ownership", "users.save_character"].map((task) => `${task} published`),
  ...["vision completed", "rule completed", "answer completed", "reward completed"].flatMap(
    (event) => [`${event} due`, `${event} announced`],
  ),
  "classification paid",
  "answer paid",
  "result saved",
];

const publisherImport = 'import type { Publisher } from "#lib/queue/publisher.ts";\n';
const imported = 'import { crashAt } from "#lib/testing/until.ts";\n';

/** Puts the crash points into a copy of the code. */
export const CRASH_PATCHES: readonly Patch[] = [
  {
    file: "lib/testing/until.ts",
    find: "/**\n * Resolves with the first truthy value",
    replace: `let passesLeft = Number(process.env.CRASH_AFTER ?? 1);
/** Dies without a word at the named step, the \`CRASH_AFTER\`th time it comes by. */
export function crashAt(point: string): void {
  if (point !== process.env.CRASH_POINT || --passesLeft > 0) return;
  process.kill(process.pid, "SIGKILL");
}

/**
 * Resolves with the first truthy value`,
  },
  ...withImport(
    "lib/queue/handle-delivery.ts",
    'import type { Publisher } from "./publisher.ts";\n',
    [
      {
        find: "    const reply = await runInTrace(",
        replace: `    crashAt(task + " received");
    const reply = await runInTrace(`,
      },
      {
        find: "    if (headers.reply) sendReply(",
        replace: `    crashAt(task + " done");
    if (headers.reply) sendReply(`,
      },
      {
        find: '    const duration_ms = observe(task, "done", startedAt);\n',
        replace: `    crashAt(task + " acked");
    const duration_ms = observe(task, "done", startedAt);
`,
      },
    ],
  ),
  ...withImport("services/worker/adapters/rabbit.ts", publisherImport, [
    {
      find: "publisher.publish(task, body, { traceparent, epoch, attempt: 0 });",
      replace: `publisher
        .publish(task, body, { traceparent, epoch, attempt: 0 })
        .then(() => crashAt(task + " published"));`,
    },
  ]),
  ...withImport("lib/scan-store/emit-events.ts", 'import type { Redis } from "ioredis";\n', [
    {
      find: "      const ids = await emit(keys, [\n",
      replace: `      const point = events[0]?.stage + " " + events[0]?.status;
      crashAt(point + " due");
      const ids = await emit(keys, [
`,
    },
    {
      find: "      return Array.isArray(ids) ? ids.map(String) : [];\n",
      replace: `      crashAt(point + " announced");
      return Array.isArray(ids) ? ids.map(String) : [];
`,
    },
  ]),
  ...withImport("services/worker/adapters/openai.ts", 'import type OpenAI from "openai";\n', [
    {
      find: "return vision(permit, { user_input: clip(userInput, userInputCharsMax) }, photo);",
      replace: `return vision(permit, { user_input: clip(userInput, userInputCharsMax) }, photo)
        .finally(() => crashAt("classification paid"));`,
    },
    {
      find: "        general: general ?? null,\n      });",
      replace: `        general: general ?? null,
      }).finally(() => crashAt("answer paid"));`,
    },
  ]),
  ...withImport("lib/scan/end-scan.ts", 'import type { Fault } from "#lib/error/fault.ts";\n', [
    {
      find: "  await events.emitEnd(",
      replace: '  crashAt("result saved");\n  await events.emitEnd(',
    },
  ]),
];

function withImport(file: string, after: string, patches: readonly Omit<Patch, "file">[]): Patch[] {
  return [
    { file, find: after, replace: after + imported },
    ...patches.map((patch) => ({ file, ...patch })),
  ];
}
