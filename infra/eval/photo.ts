import { join } from "node:path";
import { preparePhoto } from "#lib/image/prepare.ts";
import type { Photo } from "../../services/worker/models/model.ts";

/** A grey square of 64 × 64: a photo that shows nothing, so that the words alone are judged. */
export const neutralPhoto: Photo = {
  bytes: Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAA" +
      "wCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320AeXC6efoAAAAASUVORK5CYII=",
  ),
  mime: "image/png",
};

const folder = join(import.meta.dir, "../samples");
const loaded = new Map<string, Promise<Photo>>();

/**
 * @param name of a sample; without one it is the photo that shows nothing. Prepared as a worker does it, and once: what
 * asks about it again gets the same object.
 */
export function loadPhoto(name: string | undefined): Promise<Photo> {
  if (name === undefined) return Promise.resolve(neutralPhoto);
  const known = loaded.get(name) ?? prepare(name);
  loaded.set(name, known);
  return known;
}

async function prepare(name: string): Promise<Photo> {
  const bytes = await Bun.file(join(folder, name)).bytes();
  return preparePhoto(bytes, { userId: "eval", signal: AbortSignal.timeout(60_000) });
}
