import type { Task } from "#lib/contract/task.ts";
import { type EndScanDeps, failScan } from "#lib/scan/end-scan.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import type { OpenStage } from "#lib/scan/stage.ts";
import { readMessage } from "./read-message.ts";

/** `onExhausted` of the four stages: with no tries left the scan fails. */
export function failOnExhausted(
  deps: EndScanDeps,
  stage: OpenStage,
): NonNullable<Task["onExhausted"]> {
  return async (body, fault, { epoch }) => {
    await failScan(deps, { message: readMessage(ScanMessage, body), epoch }, stage, fault);
  };
}
