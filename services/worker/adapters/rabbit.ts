import type { Delivery, TaskName } from "#lib/contract/task.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import type { RpcClient } from "#lib/queue/rpc-client.ts";
import type { AnswerDeps } from "../tasks/scan.answer.ts";
import type { RewardDeps } from "../tasks/scan.reward.ts";
import type { RuleDeps } from "../tasks/scan.rule.ts";
import type { VisionDeps } from "../tasks/scan.vision.ts";

/** How long a reward waits for its character. */
const matchTimeoutMs = 10_000;

type StagePublishers = Pick<VisionDeps, "publishRule"> &
  Pick<RuleDeps, "publishAnswer"> &
  Pick<AnswerDeps, "publishReward"> &
  Pick<RewardDeps, "match" | "grantOwnership" | "grantUserCharacter">;

/** What each stage publishes. A fresh message starts with no failed try; its epoch is kept. */
export function createStagePublishers(publisher: Publisher, rpc: RpcClient): StagePublishers {
  const publishTo =
    (task: TaskName) =>
    (body: unknown, { traceparent, epoch }: Delivery): Promise<void> =>
      publisher.publish(task, body, { traceparent, epoch, attempt: 0 });
  return {
    publishRule: publishTo("scan.rule"),
    publishAnswer: publishTo("scan.answer"),
    publishReward: publishTo("scan.reward"),
    grantOwnership: publishTo("character.save_ownership"),
    grantUserCharacter: publishTo("users.save_character"),
    match: (request, { traceparent }) =>
      rpc.call("character.match", request, traceparent, matchTimeoutMs),
  };
}
