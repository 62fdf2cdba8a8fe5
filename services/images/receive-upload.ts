import { Fault } from "#lib/error/fault.ts";
import { checkPhoto, type PhotoRules } from "./check-photo.ts";
import type { DirectStore } from "./image-store.ts";

/**
 * Receives a photo for a store that has no server of its own. It becomes the draft only when it is complete
 * and valid; otherwise nothing is stored, and an earlier draft of the key stays.
 *
 * `declaredSize` is the request's Content-Length. Throws the faults of `checkPhoto`.
 */
export async function receiveUpload(
  { files, photo }: { files: DirectStore; photo: PhotoRules },
  upload: { key: string; body: AsyncIterable<Uint8Array>; declaredSize?: number | undefined },
): Promise<void> {
  const { key, body, declaredSize } = upload;
  if (declaredSize !== undefined && declaredSize > photo.bytesMax) {
    throw new Fault("IMAGE_TOO_LARGE");
  }
  const received = await files.receive(key, whole(body), photo.bytesMax);
  try {
    await checkPhoto(photo, received);
    await received.commit();
  } catch (error) {
    await received.abort();
    throw error;
  }
}

/** A client that disconnects half-way has sent a broken photo; that is not a defect. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new Fault("IMAGE_CORRUPT", { cause: error });
  }
}
