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

const delivery = "lib/queue/handle-delivery.ts";
const openai = "services/worker/adapters/openai.ts";
const events = "lib/scan-store/emit-events.ts";
const firstEvent = 'events[0]?.stage + " " + events[0]?.status';
const firstImport = 'import type { Publisher } from "./publisher.ts";\n';

/** Puts the crash points into a copy of the code. A process that handles no messages has none. */
export const CRASH_PATCHES: readonly Patch[] = [
  {
    file: delivery,
    find: firstImport,
    replace: `${firstImport}
let passesLeft = Number(process.env.CRASH_AFTER ?? 1);
// Dies without a word at the named step, the \`CRASH_AFTER\`th time it comes by.
globalThis.crashAt = (point) => {
  if (point !== process.env.CRASH_POINT || --passesLeft > 0) return;
  process.kill(process.pid, "SIGKILL");
};
`,
  },
  before(delivery, "    const reply = await runInTrace(", 'task + " received"'),
  before(delivery, "    if (headers.reply) sendReply(", 'task + " done"'),
  before(delivery, '    const duration_ms = observe(task, "done",', 'task + " acked"'),
  {
    file: "services/worker/adapters/rabbit.ts",
    find: "publisher.publish(task, body, { traceparent, epoch, attempt: 0 });",
    replace: `publisher
        .publish(task, body, { traceparent, epoch, attempt: 0 })
        .then(() => globalThis.crashAt?.(task + " published"));`,
  },
  before(events, "      const accepted = await emit(keys, [\n", `${firstEvent} + " due"`),
  before(events, "      return Number(accepted);", `${firstEvent} + " announced"`),
  {
    file: openai,
    find: "return vision(permit, { user_input: clip(userInput, userInputCharsMax) }, photo);",
    replace: `return vision(permit, { user_input: clip(userInput, userInputCharsMax) }, photo)
        .finally(() => globalThis.crashAt?.("classification paid"));`,
  },
  {
    file: openai,
    find: "        general: general ?? null,\n      });",
    replace: `        general: general ?? null,
      }).finally(() => globalThis.crashAt?.("answer paid"));`,
  },
  before("lib/scan/end-scan.ts", "  await events.emitEnd(", '"result saved"'),
];

/** @param point an expression */
function before(file: string, find: string, point: string): Patch {
  return { file, find, replace: `globalThis.crashAt?.(${point});\n${find}` };
}
