import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { Fault, type Quota } from "#lib/error/fault.ts";
import { checkSize, type PhotoRules } from "./check-photo.ts";
import type { ImageStore } from "./image-store.ts";
import { mediaType } from "./media-type.ts";
import type { UploadOwners } from "./remove-ownerless.ts";
import type { Signer } from "./signer.ts";
import { type Channel, createKey, uploadExpiresInS } from "./upload.ts";

export const UploadOffer = named(
  "UploadOffer",
  v.object({
    key: v.string(),
    upload_url: v.string(),
    cdn_url: v.string(),
    /** Seconds the upload URL is good for. */
    expires_in: v.number(),
    /** The PUT must carry them as they stand. */
    required_headers: v.record(v.string(), v.string()),
  }),
  {
    key: "scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
    upload_url:
      "https://store.example.com/drafts/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7?X-Amz-Signature=…",
    cdn_url: "https://photos.example.com/scan.Zk3u0q1Jd2m8b7.3mQvJ0o5n2b8VwX1c7",
    expires_in: 300,
    required_headers: { "content-type": "image/jpeg", "content-length": "183421" },
  },
);
export type UploadOffer = v.InferOutput<typeof UploadOffer>;

const MIMES = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/avif", "image/gif"];

export interface CreateDeps {
  readonly store: ImageStore;
  readonly signer: Signer;
  readonly photo: PhotoRules;
  readonly owners: Pick<UploadOwners, "add">;
  /**
   * Counts an upload against the quotas of a user, all or none.
   *
   * @returns what is left of them.
   * @throws Fault `TOO_MANY_UPLOADS`.
   */
  admit(userId: string, bytes: number): Promise<readonly Quota[]>;
}

/**
 * Offers a signed upload URL for one photo. The declared type and `size` in bytes refuse a hopeless upload
 * early and are signed into the URL, the type by its registered name; `confirmUpload` checks the stored bytes
 * in any case.
 *
 * An offer counts against the user's quotas, with the most bytes its URL takes: what is never sent, confirmed
 * or used is bounded by them as well.
 *
 * Throws `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_EMPTY`, `IMAGE_TOO_LARGE`, `UPLOAD_UNDECLARED`, `TOO_MANY_UPLOADS` or
 * `ACCOUNT_DELETED`.
 */
export async function createUpload(
  { store, signer, photo, admit, owners }: CreateDeps,
  request: {
    channel: Channel;
    userId: string;
    contentType?: string | undefined;
    size?: number | undefined;
  },
): Promise<{ readonly offer: UploadOffer; readonly quotas: readonly Quota[] }> {
  const { channel, userId, size } = request;
  const contentType = request.contentType && mediaType(request.contentType);
  if (contentType !== undefined && !MIMES.includes(contentType)) {
    throw new Fault("IMAGE_TYPE_UNSUPPORTED");
  }
  if (size !== undefined) checkSize(photo, { size });

  const key = await createKey(signer, channel, userId);
  const upload = await store.signUpload(key, { expiresInS: uploadExpiresInS, contentType, size });
  // Last, so that no request that is refused counts.
  const quotas = await admit(userId, size ?? photo.bytesMax);
  await owners.add(key, userId);
  const offer = {
    key,
    upload_url: upload.url,
    cdn_url: store.publicUrl(key),
    expires_in: uploadExpiresInS,
    required_headers: upload.requiredHeaders,
  };
  return { offer, quotas };
}
