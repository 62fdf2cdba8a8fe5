import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { checkPhoto, type PhotoFacts, type PhotoRules } from "./check-photo.ts";
import type { ImageStore } from "./image-store.ts";
import type { Signer } from "./signer.ts";
import { type Channel, isOwnKey } from "./upload.ts";

export const ConfirmedUpload = v.object({
  key: v.string(),
  cdn_url: v.string(),
  /** In bytes. */
  size: v.number(),
  content_type: v.string(),
  /** In pixels, as stored. */
  width: v.number(),
  height: v.number(),
});
export type ConfirmedUpload = v.InferOutput<typeof ConfirmedUpload>;

/**
 * Checks what was uploaded, and deletes what is no photo. Someone else's key, a key of another channel
 * and one that never existed all answer the same.
 *
 * Throws `UPLOAD_NOT_FOUND` or the faults of `checkPhoto`.
 */
export async function confirmUpload(
  { store, signer, photo }: { store: ImageStore; signer: Signer; photo: PhotoRules },
  { channel, userId, key }: { channel: Channel; userId: string; key: string },
): Promise<ConfirmedUpload> {
  if (!(await isOwnKey(signer, key, { channel, userId }))) throw new Fault("UPLOAD_NOT_FOUND");
  const size = await store.size(key);
  if (size === undefined) throw new Fault("UPLOAD_NOT_FOUND");
  const facts = await checkOrDelete(store, photo, key, size);
  const { mime, width, height } = facts;
  return { key, cdn_url: store.publicUrl(key), size, content_type: mime, width, height };
}

async function checkOrDelete(
  store: ImageStore,
  photo: PhotoRules,
  key: string,
  size: number,
): Promise<PhotoFacts> {
  try {
    return await checkPhoto(photo, { size, readStart: (bytes) => store.readStart(key, bytes) });
  } catch (error) {
    // Only a verdict about the photo deletes it: a store out of reach says nothing about it.
    if (error instanceof Fault && error.kind.onMessage === "fail") await store.delete(key);
    throw error;
  }
}
