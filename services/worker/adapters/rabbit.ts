import type { TaskName } from "#lib/contract/task.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import type { RpcClient } from "#lib/queue/rpc-client.ts";
import type { AnswerDeps } from "../tasks/scan.answer.ts";
import type { RewardDeps } from "../tasks/scan.reward.ts";
import type { RuleDeps } from "../tasks/scan.rule.ts";
import type { VisionDeps } from "../tasks/scan.vision.ts";

/** How long a reward waits for its character. */
const matchTimeoutMs = 10_000;

type Outlets = Pick<VisionDeps, "publishRule"> &
  Pick<RuleDeps, "publishAnswer"> &
  Pick<AnswerDeps, "publishReward"> &
  Pick<RewardDeps, "match" | "grantOwnership" | "grantUserCharacter">;

/** Where each stage's message goes. A fresh message starts with no failed try; its epoch is kept. */
export function createOutlets(publisher: Publisher, rpc: RpcClient): Outlets {
  const to =
    (task: TaskName): VisionDeps["publishRule"] =>
    (message, { traceparent, epoch }) =>
      publisher.publish(task, message, { traceparent, epoch, attempt: 0 });
  const grantTo =
    (task: TaskName): RewardDeps["grantOwnership"] =>
    (grant, { traceparent, epoch }) =>
      publisher.publish(task, grant, { traceparent, epoch, attempt: 0 });
  return {
    publishRule: to("scan.rule"),
    publishAnswer: to("scan.answer"),
    publishReward: to("scan.reward"),
    grantOwnership: grantTo("character.save_ownership"),
    grantUserCharacter: grantTo("users.save_character"),
    match: (request, { traceparent }) =>
      rpc.call("character.match", request, traceparent, matchTimeoutMs),
  };
}
