import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { Fault } from "#lib/error/fault.ts";
import { checkPhoto, checkSize, type PhotoFacts, type PhotoRules } from "./check-photo.ts";
import type { ImageStore } from "./image-store.ts";
import type { UploadOwners } from "./remove-ownerless.ts";
import type { Signer } from "./signer.ts";
import { type Channel, isOwnKey } from "./upload.ts";

export const ConfirmedUpload = named(
  "ConfirmedUpload",
  v.object({
    key: v.string(),
    cdn_url: v.string(),
    /** In bytes. */
    size: v.number(),
    content_type: v.string(),
    /** In pixels, as stored. */
    width: v.number(),
    height: v.number(),
  }),
  {
    key: "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
    cdn_url: "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
    size: 181002,
    content_type: "image/jpeg",
    width: 1536,
    height: 2048,
  },
);
export type ConfirmedUpload = v.InferOutput<typeof ConfirmedUpload>;

/**
 * Checks an uploaded draft and publishes it without metadata; deletes what is not a photo.
 * The first confirmation decides: a photo never changes, whatever is sent to its upload URL afterwards.
 * Someone else's key, a key of another channel and one that never existed all answer the same.
 *
 * Throws `UPLOAD_NOT_FOUND` or the faults of `checkPhoto`.
 */
export async function confirmUpload(
  deps: ConfirmDeps,
  { channel, userId, key }: { channel: Channel; userId: string; key: string },
): Promise<ConfirmedUpload> {
  const { store, signer } = deps;
  if (!(await isOwnKey(signer, key, { channel, userId }))) throw new Fault("UPLOAD_NOT_FOUND");
  // Read again: a concurrent confirmation of the same key may have taken the draft.
  const confirmed =
    (await readPublished(deps, key)) ??
    (await publishDraft(deps, key, userId)) ??
    (await readPublished(deps, key));
  if (confirmed === undefined) throw new Fault("UPLOAD_NOT_FOUND");
  const { size, mime, width, height } = confirmed;
  return { key, cdn_url: store.publicUrl(key), size, content_type: mime, width, height };
}

interface ConfirmDeps {
  readonly store: ImageStore;
  readonly signer: Signer;
  readonly photo: PhotoRules;
  readonly owners: Pick<UploadOwners, "confirm">;
}

type Confirmed = PhotoFacts & { readonly size: number };

async function readPublished(
  { store, photo }: ConfirmDeps,
  key: string,
): Promise<Confirmed | undefined> {
  const stored = await store.photo(key);
  if (stored === undefined) return undefined;
  // The upload URL may have been used again since.
  await store.dropDraft(key);
  return { ...(await checkPhoto(photo, stored)), size: stored.size };
}

/** Publishes before it drops the draft: a crash between the two leaves a draft for the sweep. */
async function publishDraft(
  { store, photo, owners }: ConfirmDeps,
  key: string,
  userId: string,
): Promise<Confirmed | undefined> {
  const draft = await store.draft(key);
  if (draft === undefined) return undefined;
  return photo.inSlot(userId, async () => {
    try {
      checkSize(photo, draft);
      // What is checked is what is published: the draft may be written again while this runs.
      const stripped = await photo.strip(await draft.readStart(photo.bytesMax));
      // Before there is a photo, so that none is ever without its owner.
      if (!(await owners.confirm(key, userId, stripped.hash))) throw new Fault("UPLOAD_NOT_FOUND");
      await store.publish(key, stripped.bytes, stripped.mime);
      await store.dropDraft(key);
      return { ...stripped, size: stripped.bytes.length };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === "UPLOAD_NOT_FOUND") return undefined;
      // Only a fault of the photo itself deletes the draft, not an unreachable store.
      if (error.kind.onMessage === "fail") await store.dropDraft(key);
      throw error;
    }
  });
}
