import type { Clock } from "#lib/clock/clock.ts";
import type { Delivery } from "#lib/contract/task.ts";
import type { Fault } from "#lib/error/fault.ts";
import { ScanMessage, type ScanRun } from "#lib/scan/scan-message.ts";
import type { Reward, StoredResult } from "#lib/scan/scan-result.ts";
import type { Stage } from "#lib/scan/stage.ts";
import { readMessage } from "./read-message.ts";
import type { ResultStore, ScanLog } from "./scan-log.ts";

export interface EndScanDeps {
  readonly log: ScanLog;
  readonly results: ResultStore;
  readonly clock: Clock;
}

/**
 * How a worker ends a scan; the scan service ends cancelled ones in the same order, and the first end
 * stands. The result is durable, then cached, and only then does `done` become visible: whoever sees
 * `done` can read it.
 */
export async function endScan(
  deps: EndScanDeps,
  run: ScanRun,
  lastStage: Stage,
  result: StoredResult,
): Promise<StoredResult> {
  const standing = await deps.results.save(run, result, deps.clock.now());
  const { status, error, reward } = standing;
  const updates = [
    { stage: lastStage, status, result: error ?? (reward && brief(reward)) },
    { stage: "done", status, result: error },
  ] as const;
  await deps.log.announce(run, updates, { result: standing });
  return standing;
}

/** What a client shows at once; the rest stands in the result. */
function brief({ received, character_code, name }: Reward): Record<string, unknown> {
  return { received, character_code, name };
}

/** `onExhausted` of the four stages: the scan fails with the fault's public sentence. */
export function failScan(deps: EndScanDeps, stage: Stage) {
  return async function onExhausted(
    body: unknown,
    fault: Fault,
    delivery: Delivery,
  ): Promise<void> {
    await endFailed(deps, stage, body, fault, delivery.epoch);
  };
}

/** @returns the result that stands, which may be an earlier one. */
export async function endFailed(
  deps: EndScanDeps,
  stage: Stage,
  body: unknown,
  fault: Fault,
  epoch: number,
): Promise<StoredResult> {
  const message = readMessage(ScanMessage, body);
  const error = { code: fault.code, message: fault.detail };
  const { vision = null, answer = null } = message;
  const result: StoredResult = { status: "failed", vision, answer, reward: null, error };
  return endScan(deps, { message, epoch }, stage, result);
}
