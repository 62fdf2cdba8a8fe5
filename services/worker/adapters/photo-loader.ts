import { createImageFetcher } from "#lib/image/fetch-image.ts";
import { perceptualHash } from "#lib/image/perceptual-hash.ts";
import { preparePhoto } from "#lib/image/prepare.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { MatchDeps } from "../tasks/character.match.ts";
import type { VisionDeps } from "../tasks/scan.vision.ts";

/** Photos fetched at once, each up to 10 MiB until it is downscaled: far fewer than scans in flight. */
const photosAtOnceMax = 32;

/** Photos from the allowed hosts, checked, downscaled and without metadata. */
export function createPhotoLoader(
  options: Parameters<typeof createImageFetcher>[0],
): VisionDeps["loadPhoto"] {
  const withPermit = createSemaphore(photosAtOnceMax);
  const images = createImageFetcher(options);
  return (url, signal) => withPermit(async () => preparePhoto(await images.fetch(url, signal)));
}

/** Photos looked at once for a grant. */
const hashesAtOnceMax = 16;

/** Perceptual hashes of photos, which are loaded for that again: few scans earn a character. */
export function createPhotoHasher(loadPhoto: VisionDeps["loadPhoto"]): MatchDeps["hashPhoto"] {
  const withPermit = createSemaphore(hashesAtOnceMax);
  return (url, signal) =>
    withPermit(async () => perceptualHash((await loadPhoto(url, signal)).bytes), signal);
}
