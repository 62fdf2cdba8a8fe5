import * as v from "valibot";
import { CHAT_STAGES, QUESTION_TYPES } from "#lib/chat/chat-seq.ts";
import { Classification } from "#lib/contract/classification.ts";
import { named } from "#lib/contract/named.ts";
import { Reward, ScanError } from "#lib/scan/scan-result.ts";
import { OPEN_STAGES } from "#lib/scan/stage.ts";

/**
 * What clients are told of the events they get, kind by kind. Nothing is checked by it here: the end-to-end tests
 * hold the events of real scans and answers against it.
 */

const position = {
  job_id: v.pipe(v.string(), v.uuid()),
  seq: v.pipe(v.number(), v.integer(), v.description("Rises with every event of a job")),
};
const common = {
  ...position,
  ts: v.pipe(v.number(), v.integer(), v.description("Milliseconds since the Unix epoch")),
  progress: v.pipe(v.number(), v.description("Percent")),
};

const jobId = "019bd000-0000-7000-8000-000000000001";
/** The stage that is no work. */
const end = "done";
const at = 1_767_225_600_000;

const Started = named(
  "ScanStageStarted",
  v.object({
    ...common,
    stage: v.picklist(["queued", "vision", "answer"]),
    status: v.literal("started"),
    result: v.null(),
  }),
  { job_id: jobId, seq: 10, ts: at, progress: 0, stage: "vision", status: "started", result: null },
);

const completed = <const S extends string, R extends v.GenericSchema<unknown, unknown>>(
  stage: S,
  result: R,
) => v.object({ ...common, stage: v.literal(stage), status: v.literal("completed"), result });

const VisionCompleted = named(
  "ScanVisionCompleted",
  completed("vision", v.object({ classification: Classification, model: v.string() })),
);
const RuleCompleted = named(
  "ScanRuleCompleted",
  completed(
    "rule",
    v.object({
      regulation: v.pipe(
        v.nullable(v.string()),
        v.description("`key` of the regulation; null where nothing is known of such a thing"),
      ),
    }),
  ),
);
const AnswerCompleted = named(
  "ScanAnswerCompleted",
  completed(
    "answer",
    v.pipe(
      v.nullable(v.object({ model: v.string() })),
      v.description("Null where the answer was made before a worker was restarted"),
    ),
  ),
);
const { received, character_code, name } = Reward.entries;
const RewardCompleted = named(
  "ScanRewardCompleted",
  completed("reward", v.nullable(v.object({ received, character_code, name }))),
);
const StageFailed = named(
  "ScanStageFailed",
  v.object({
    ...common,
    stage: v.picklist(OPEN_STAGES),
    status: v.literal("failed"),
    result: ScanError,
  }),
);
const Done = named("ScanDone", completed("done", v.null()), {
  ...{ job_id: jobId, seq: 51, ts: at, progress: 100 },
  ...{ stage: end, status: "completed", result: null },
});

const Failed = named(
  "ScanFailed",
  v.pipe(
    v.object({
      ...common,
      stage: v.literal("done"),
      status: v.literal("failed"),
      result: ScanError,
    }),
    v.description(
      "Comes as `event: failed`. Whoever listens by name listens to it as well as to `done`",
    ),
  ),
  {
    ...{ job_id: jobId, seq: 52, ts: at, progress: 100, stage: end, status: "failed" },
    result: { code: "MODEL_TIMEOUT", message: "분석이 제때 끝나지 않았어요." },
  },
);

/** Every event of a scan. */
export const ScanStreamEvent = named(
  "ScanStreamEvent",
  v.union([
    Started,
    VisionCompleted,
    RuleCompleted,
    AnswerCompleted,
    RewardCompleted,
    StageFailed,
    Done,
    Failed,
  ]),
);

const Step = named(
  "ChatStep",
  v.object({
    ...common,
    stage: v.picklist(CHAT_STAGES.filter((stage) => stage !== "done")),
    status: v.picklist(["started", "completed"]),
    result: v.null(),
  }),
);
const ChatDone = named(
  "ChatDone",
  v.object({
    ...common,
    stage: v.literal("done"),
    status: v.literal("completed"),
    result: v.object({
      message_id: v.string(),
      intents: v.array(v.string()),
      sources: v.array(v.record(v.string(), v.unknown())),
      title: v.nullable(v.string()),
    }),
  }),
);
const ChatFailed = named(
  "ChatFailed",
  v.pipe(
    v.object({
      ...common,
      stage: v.literal("done"),
      status: v.literal("failed"),
      result: v.object({ ...ScanError.entries, message_id: v.string() }),
    }),
    v.description("Comes as `event: failed`; a stopped answer has the code `CANCELLED`"),
  ),
);
const Text = named(
  "ChatText",
  v.pipe(
    v.object({ ...position, text: v.string() }),
    v.description(
      "Of `token`, the next piece of the text; of `snapshot`, all of it in place of what came before",
    ),
  ),
  { job_id: jobId, seq: 100_012, text: "라벨은 " },
);
const Question = named(
  "ChatQuestion",
  v.pipe(
    v.object({
      ...position,
      type: v.picklist(QUESTION_TYPES),
      until: v.pipe(
        v.number(),
        v.description("Milliseconds since the Unix epoch, when the answer goes on without"),
      ),
    }),
    v.description("Of `needs_input`: `POST /chat/jobs/{job_id}/input` answers it"),
  ),
);

/** Every event of an answer. */
export const ChatStreamEvent = named(
  "ChatStreamEvent",
  v.union([Step, Text, Question, ChatDone, ChatFailed]),
);
