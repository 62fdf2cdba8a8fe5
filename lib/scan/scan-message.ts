import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";

/**
 * What travels through the scan queues: the whole context, so that a wiped Redis loses no accepted
 * scan. Every stage adds its output and passes the message on; a regulation is not carried, since
 * its category already names it.
 */
export const ScanMessage = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  image_url: v.string(),
  user_input: v.string(),
  /** The model asked for. */
  model: v.string(),
  /** Milliseconds since the Unix epoch. */
  submitted_at: v.number(),
  vision: v.optional(ClassificationResult),
  answer: v.optional(FinalAnswer),
});
export type ScanMessage = v.InferOutput<typeof ScanMessage>;

/** One epoch of one scan: every event and every result is of one. */
export interface ScanRun {
  readonly message: ScanMessage;
  readonly epoch: number;
}

/** The message as the rule and answer stages need it. */
export const ClassifiedMessage = v.required(ScanMessage, ["vision"]);
/** The message as the reward stage needs it. */
export const AnsweredMessage = v.required(ScanMessage, ["vision", "answer"]);

/** RPC: which character does this material earn, and does the user own it already? */
export const MatchRequest = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  match_label: v.string(),
});
export type MatchRequest = v.InferOutput<typeof MatchRequest>;

export const MatchReply = v.object({
  character: v.nullable(
    v.object({ code: v.string(), name: v.string(), dialog: v.string(), match_label: v.string() }),
  ),
  /** True when the user owned the character before this job. */
  already_owned: v.boolean(),
});
export type MatchReply = v.InferOutput<typeof MatchReply>;

/** One granted character, for `character.save_ownership` and `users.save_character` alike. */
export const OwnershipGrant = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  character_code: v.string(),
  character_name: v.string(),
  /** Milliseconds since the Unix epoch. */
  granted_at: v.number(),
});
export type OwnershipGrant = v.InferOutput<typeof OwnershipGrant>;

/** Fanout `character.cache`: how processes keep their catalogue fresh. */
export const CatalogChange = v.variant("action", [
  v.object({ action: v.literal("full_refresh") }),
  v.object({
    action: v.literal("upsert"),
    character: v.object({
      code: v.string(),
      name: v.string(),
      match_label: v.nullable(v.string()),
      dialog: v.string(),
      is_default: v.boolean(),
    }),
  }),
  v.object({ action: v.literal("delete"), code: v.string() }),
]);
export type CatalogChange = v.InferOutput<typeof CatalogChange>;
