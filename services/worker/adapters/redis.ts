import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { scanEvent } from "#lib/contract/scan-event.ts";
import { redisCall } from "#lib/redis/client.ts";
import { createEventLog, type Setting } from "#lib/redis/emit-events.ts";
import { endSettings } from "#lib/redis/end-settings.ts";
import { scanKeys } from "#lib/redis/scan-keys.ts";
import type { Checkpoints, ScanLog } from "../scan-log.ts";
import type { MatchDeps } from "../tasks/character.match.ts";

const SCHEMAS: { readonly [S in keyof Checkpoints]: v.GenericSchema<unknown, Checkpoints[S]> } = {
  vision: ClassificationResult,
  answer: FinalAnswer,
};

export function createScanLog(
  redis: Redis,
  { clock, checkpointTtlS }: { clock: Clock; checkpointTtlS: number },
): ScanLog {
  const log = createEventLog(redis);
  return {
    checkpoint: async <S extends keyof Checkpoints>(jobId: string, stage: S) => {
      const text = await redisCall(() => redis.get(scanKeys.checkpoint(jobId, stage)));
      if (text === null) return undefined;
      return v.parse(SCHEMAS[stage], JSON.parse(text));
    },
    isOver: async ({ message, redrive }) => {
      const seq = await redisCall(() => redis.hget(scanKeys.state(message.job_id), "seq"));
      const end = scanEvent(
        { id: message.job_id, redrive },
        { stage: "done", status: "started" },
        0,
      );
      return seq !== null && Number(seq) >= end.seq;
    },
    announce: async ({ message, redrive }, happenings, { checkpoint, result } = {}) => {
      const { job_id: id, user_id: userId } = message;
      const now = clock.now();
      const events = happenings.map((happening) => scanEvent({ id, redrive }, happening, now));
      const settings = [
        ...checkpointSettings(id, checkpoint, checkpointTtlS),
        ...(result ? endSettings(id, userId, result) : []),
      ];
      await log.emit(userId, events, settings);
    },
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
      const key = `character:reservation:${userId}:${code}`;
      const holder = await redisCall(() =>
        redis.set(key, jobId, "EX", reservationTtlS, "NX", "GET"),
      );
      return holder ?? jobId;
    },
  };
}
