import type { ImageStore } from "./image-store.ts";

/** Whose an upload is, outside of the store. Every call rejects with `UNAVAILABLE` while it is away. */
export interface UploadOwners {
  /** Resolves before anything is stored under the key. @throws Fault `ACCOUNT_DELETED`. */
  add(key: string, userId: string): Promise<void>;
  /**
   * The key's photo, with this perceptual hash, is about to be published. Where it was told of another photo before, it
   * has no hash: either may be the one that stays. False when its account was deleted.
   */
  confirm(key: string, userId: string, photoHash: string | undefined): Promise<boolean>;
  /** Keys of deleted accounts whose objects are to be removed, rising; fewer than `limit` are the last. */
  ownerless(after: string, limit: number): Promise<readonly string[]>;
  /** The objects of these keys are gone. */
  removed(keys: readonly string[]): Promise<void>;
}

export interface RemoveOwnerlessDeps {
  readonly store: Pick<ImageStore, "remove">;
  readonly owners: Pick<UploadOwners, "ownerless" | "removed">;
}

const keysPerStep = 100;

/** Uploads whose objects are gone, those whose are not, and a reason. */
export interface Removal {
  readonly removed: number;
  readonly failed: number;
  readonly error: unknown;
}

/**
 * Removes what deleted accounts have uploaded, drafts included. Takes no lock and may be interrupted:
 * a key is told to be removed after its objects are, and removing twice is harmless. One that cannot be
 * removed is left to the next call, and keeps nothing behind it.
 */
export async function removeOwnerless({ store, owners }: RemoveOwnerlessDeps): Promise<Removal> {
  let [removed, failed] = [0, 0];
  let error: unknown;
  for (let keys = await owners.ownerless("", keysPerStep); keys.length > 0; ) {
    const results = await Promise.allSettled(keys.map((key) => store.remove(key)));
    const gone = keys.filter((_, i) => results[i]?.status === "fulfilled");
    await owners.removed(gone);
    removed += gone.length;
    failed += keys.length - gone.length;
    error ??= results.find((one) => one.status === "rejected")?.reason;
    if (keys.length < keysPerStep) break;
    keys = await owners.ownerless(keys.at(-1) ?? "", keysPerStep);
  }
  return { removed, failed, error };
}
