import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { redisCall } from "#lib/redis/client.ts";
import { endSeqOf } from "#lib/scan/epoch.ts";
import { type StageUpdate, scanEvent } from "#lib/scan/scan-event.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";
import { createBeginStage } from "#lib/scan-store/begin-stage.ts";
import { createEventLog, type Setting } from "#lib/scan-store/emit-events.ts";
import { endSettings } from "#lib/scan-store/end-settings.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { Begun, Checkpoints, Saved, ScanLog } from "../scan-log.ts";
import type { MatchDeps } from "../tasks/character.match.ts";

const PARSE: { readonly [S in keyof Checkpoints]: (json: unknown) => Checkpoints[S] } = {
  vision: (json) => v.parse(ClassificationResult, json),
  answer: (json) => v.parse(FinalAnswer, json),
};

export function createScanLog(
  redis: Redis,
  { clock, checkpointTtlS }: { clock: Clock; checkpointTtlS: number },
): ScanLog {
  const log = createEventLog(redis);
  const beginStage = createBeginStage(redis);
  const toEvent = ({ message, epoch }: ScanRun, update: StageUpdate) =>
    scanEvent({ id: message.job_id, epoch }, update, clock.now());
  const emit = async (
    run: ScanRun,
    updates: readonly StageUpdate[],
    { checkpoint, result }: Saved = {},
    unlessCancelled = false,
  ): Promise<void> => {
    const { job_id: id, user_id: userId } = run.message;
    const events = updates.map((update) => toEvent(run, update));
    const settings = [
      ...checkpointSettings(id, checkpoint, checkpointTtlS),
      ...(result ? endSettings(id, userId, result) : []),
    ];
    await log.emit(userId, events, settings, unlessCancelled);
  };
  return {
    begin: async <S extends keyof Checkpoints>(
      run: ScanRun,
      stage: S,
    ): Promise<Begun<Checkpoints[S]>> => {
      const started = { ...toEvent(run, { stage, status: "started" }), stage };
      const begun = await beginStage(run.message.user_id, started, endSeqOf(run.epoch));
      if (typeof begun === "string") return begun;
      return { output: PARSE[stage](JSON.parse(begun.checkpoint)) };
    },
    announce: (run, updates, saved) => emit(run, updates, saved),
    announceUnlessCancelled: (run, updates) => emit(run, updates, {}, true),
  };
}

function checkpointSettings(
  jobId: string,
  checkpoint: Partial<Checkpoints> = {},
  ttlS: number,
): Setting[] {
  const { vision, answer } = checkpoint;
  return [
    { key: scanKeys.checkpoint(jobId, "vision"), output: vision },
    { key: scanKeys.checkpoint(jobId, "answer"), output: answer },
  ].flatMap(({ key, output }) => (output ? [{ key, value: JSON.stringify(output), ttlS }] : []));
}

/** Covers the way of a grant to its row; a job that died on it must not hold the character for long. */
const reservationTtlS = 600;

export function createReservations(redis: Redis): Pick<MatchDeps["ownerships"], "reserve"> {
  return {
    reserve: async (userId, code, jobId) => {
      const key = scanKeys.reservation(userId, code);
      const holder = await redisCall(() =>
        redis.set(key, jobId, "EX", reservationTtlS, "NX", "GET"),
      );
      return holder ?? jobId;
    },
  };
}
