import { Fault } from "#lib/error/fault.ts";
import { createImageFetcher, type ImageFetcherOptions } from "#lib/image/fetch-image.ts";
import { perceptualHash } from "#lib/image/perceptual-hash.ts";
import { preparePhoto } from "#lib/image/prepare.ts";
import { ByteBudget } from "#lib/process/byte-budget.ts";
import { createKeyedSemaphore } from "#lib/process/keyed-semaphore.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { MatchDeps } from "../tasks/character.match.ts";
import type { VisionDeps } from "../tasks/scan.vision.ts";

/** Photos fetched at once, each up to 10 MiB until it is downscaled: far fewer than scans in flight. */
const photosAtOnceMax = 32;
/** A host that hangs takes 10 s for each, for which those of others must not wait. Most photos are in our own store. */
const photosOfOriginMax = 12;
const photosOfStoreMax = 24;
const photosOfUserMax = 4;
/** A third of a task's time. Then the scan comes again later, and has lost no try. */
const placeWaitMsMax = 20_000;
/**
 * Photos that are ready and not sent, with the base64 they become: some hundred large ones. A worker may have
 * 2 GB, of which photos being fetched and decoded take 1.1 GB at worst, a HEIC among them.
 */
const unsentBytesMax = 256 * 1024 * 1024;
const sentShare = 1 + 4 / 3;

interface PhotoLoaderOptions extends ImageFetcherOptions {
  /** Origin of our own store, where every photo was decoded before it was confirmed. */
  readonly storeOrigin?: string;
  readonly waitMsMax?: number;
}

/**
 * Photos from the allowed hosts, checked, downscaled and without metadata. Rejects with `UNAVAILABLE` when there
 * is no place in time, or our own store is away.
 */
export function createPhotoLoader({
  storeOrigin,
  waitMsMax = placeWaitMsMax,
  ...options
}: PhotoLoaderOptions): VisionDeps["loadPhoto"] {
  const withPlace = createKeyedSemaphore(photosAtOnceMax);
  const unsent = new ByteBudget(unsentBytesMax);
  const images = createImageFetcher(options);
  return ({ image_url: url, user_id: userId }, signal) => {
    const { origin } = images.checkUrl(url);
    const isOwn = origin === storeOrigin;
    const shares = [
      { key: origin, permitsMax: isOwn ? photosOfStoreMax : photosOfOriginMax },
      { key: `user:${userId}`, permitsMax: photosOfUserMax },
    ];
    const waiting = new AbortController();
    const timer = setTimeout(() => {
      const cause = new Error("no place for a photo came free in time");
      waiting.abort(new Fault("UNAVAILABLE", { cause }));
    }, waitMsMax);
    const load = async () => {
      clearTimeout(timer);
      const fetched = images.fetch(url, signal);
      const bytes = await (isOwn ? fetched.catch(waitForStore) : fetched);
      const photo = await preparePhoto(bytes, { userId, signal, isChecked: isOwn });
      const release = await unsent.reserve(photo.bytes.length * sentShare, signal);
      return { ...photo, release };
    };
    const turn = AbortSignal.any([signal, waiting.signal]);
    return withPlace(shares, load, turn).finally(() => clearTimeout(timer));
  };
}

/** An outage of our own store is no fault of a photo that it has taken: the scan has lost no try when it is over. */
function waitForStore(error: unknown): never {
  const isAway = error instanceof Fault && error.code === "IMAGE_UNREACHABLE";
  throw isAway ? new Fault("UNAVAILABLE", { cause: error }) : error;
}

/** Photos looked at once for a grant. */
const hashesAtOnceMax = 16;

/**
 * Perceptual hashes of photos. Our own store knows those it has decoded; the others are loaded again: few scans earn
 * a character. In places of their own: a scan that is nearly over does not stand in line behind all that begin, for
 * longer than its reward may take.
 *
 * @param hashOfUpload by its key; undefined where the store has none.
 */
export function createPhotoHasher(
  options: PhotoLoaderOptions,
  hashOfUpload: (key: string) => Promise<string | undefined>,
): MatchDeps["hashPhoto"] {
  const loadPhoto = createPhotoLoader(options);
  const withPermit = createSemaphore(hashesAtOnceMax);
  return async (scan, signal) => {
    const { origin, pathname } = new URL(scan.image_url);
    const isOwn = origin === options.storeOrigin;
    const known = isOwn ? await hashOfUpload(pathname.split("/").at(-1) ?? "") : undefined;
    if (known !== undefined) return known;
    return withPermit(async () => {
      const { bytes, release } = await loadPhoto(scan, signal);
      return perceptualHash(bytes).finally(release);
    }, signal);
  };
}
