import * as v from "valibot";

/** RPC `character.match`: which character does this material earn, and does the user own it already? */
export const MatchRequest = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  user_id: v.string(),
  match_label: v.string(),
  /** The photo that earns it. Absent in a request of the release before. */
  image_url: v.exactOptional(v.string()),
});
export type MatchRequest = v.InferOutput<typeof MatchRequest>;

export const MatchReply = v.object({
  character: v.nullable(
    v.object({ code: v.string(), name: v.string(), dialog: v.string(), match_label: v.string() }),
  ),
  /** True when the user owned the character before this job. */
  already_owned: v.boolean(),
  /** Perceptual hash of the photo, to be stored with the grant. */
  photo: v.exactOptional(v.string()),
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
  /** Perceptual hash of the photo that earned it. */
  photo: v.exactOptional(v.string()),
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
