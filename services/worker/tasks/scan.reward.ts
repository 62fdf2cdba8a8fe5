import type { MatchReply, MatchRequest, OwnershipGrant } from "#lib/contract/character-message.ts";
import type { Delivery, Task } from "#lib/contract/task.ts";
import type { Middle } from "#lib/contract/vocabulary.ts";
import { Fault } from "#lib/error/fault.ts";
import { addReward, type EndScanDeps, endScan, type ResultStore } from "#lib/scan/end-scan.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { Reward } from "#lib/scan/scan-result.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { failOnExhausted } from "../fail-on-exhausted.ts";
import { readMessage } from "../read-message.ts";
import { rewardedMaterial } from "../reward.ts";

export interface RewardDeps extends EndScanDeps {
  readonly results: ResultStore;
  /** RPC `character.match`. @throws Fault `UNAVAILABLE` when nobody answers in time. */
  match(request: MatchRequest, delivery: Delivery): Promise<unknown>;
  /** Both resolve on the broker's confirm. */
  grantOwnership(grant: OwnershipGrant, delivery: Delivery): Promise<void>;
  grantUserCharacter(grant: OwnershipGrant, delivery: Delivery): Promise<void>;
}

/** How long an undecided reward is deferred; then it is a dead letter, which somebody has to look into. */
const undecidedMsMax = 24 * 3_600_000;
/** After this time the tries are half a minute apart. */
const soonMs = 60_000;
const laterMs = 30_000;

/**
 * Which character is earned? Then the scan ends: grants are with the broker before `done` is seen.
 *
 * Where nobody can decide now, the scan ends all the same: the user came for the disposal steps. Its message
 * is deferred, and once the reward is decided it is granted and added to the result.
 */
export function rewardTask(deps: RewardDeps): Task {
  return {
    async run(body, delivery) {
      const message = readMessage(TASK_MESSAGES["scan.reward"].message, body);
      const { vision, answer } = message;
      const material = rewardedMaterial(vision, answer);
      const earned = material ? await earn(deps, message, material, delivery) : null;
      const run = { message, epoch: delivery.epoch };
      const reward = earned === "undecided" ? null : earned;
      const result = { status: "completed", vision, answer, reward, error: null } as const;
      const standing = await endScan(deps, run, "reward", result);
      if (standing.status === "failed" || standing.reward) return;
      if (reward) await addReward(deps, run, reward);
      if (earned === "undecided") throw undecided(deps.clock.now() - message.submitted_at);
    },
    onExhausted: failOnExhausted(deps, "reward"),
  };
}

/** The fault that defers the message, and dead-letters it in the end. */
function undecided(ageMs: number): Fault {
  const cause = new Error("the reward could not be decided");
  if (ageMs > undecidedMsMax) return new Fault("INTERNAL", { cause });
  return new Fault("UNAVAILABLE", ageMs > soonMs ? { cause, retryAfterMs: laterMs } : { cause });
}

async function earn(
  deps: RewardDeps,
  { job_id, user_id, image_url }: Pick<ScanMessage, "job_id" | "user_id" | "image_url">,
  material: Middle,
  delivery: Delivery,
): Promise<Reward | null | "undecided"> {
  const reply = await match(deps, { job_id, user_id, match_label: material, image_url }, delivery);
  if (!reply) return "undecided";
  if (!reply.character) return null;
  const { character, already_owned } = reply;
  if (!already_owned) {
    const grant = {
      job_id,
      user_id,
      character_code: character.code,
      character_name: character.name,
      granted_at: deps.clock.now(),
      ...(reply.photo && { photo: reply.photo }),
    };
    await Promise.all([
      deps.grantOwnership(grant, delivery),
      deps.grantUserCharacter(grant, delivery),
    ]);
  }
  return {
    received: !already_owned,
    already_owned,
    character_code: character.code,
    name: character.name,
    dialog: character.dialog,
    match_reason: material,
  };
}

/** Undefined when nobody replied in time. */
async function match(
  deps: RewardDeps,
  request: MatchRequest,
  delivery: Delivery,
): Promise<MatchReply | undefined> {
  try {
    return readMessage(TASK_MESSAGES["character.match"].reply, await deps.match(request, delivery));
  } catch (error) {
    if (error instanceof Fault && error.code === "UNAVAILABLE") return undefined;
    throw error;
  }
}
