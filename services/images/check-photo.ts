import { Fault } from "#lib/error/fault.ts";
import type { StoredBytes } from "./image-store.ts";

/** What a photo must be, and how its metadata is removed; `#lib/image` implements it. */
export interface PhotoRules {
  readonly bytesMax: number;
  /** Reads the header only; undefined means that it needs more bytes. Throws the `IMAGE_…` faults. */
  readonly inspect: (bytes: Uint8Array, complete: boolean) => PhotoFacts | undefined;
  /**
   * The complete photo without metadata other than its orientation, its framing mended; a HEIC becomes a JPEG.
   * What a model would get as it is, is decoded, and hashed by the way. Throws the same.
   */
  readonly strip: (bytes: Uint8Array) => Promise<StrippedPhoto>;
  /** Runs what holds a whole photo in memory: only so many at once, and so many of a user. */
  readonly inSlot: <T>(userId: string, work: () => Promise<T>) => Promise<T>;
}

interface StrippedPhoto extends PhotoFacts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Perceptual hash, where the photo was decoded. */
  readonly hash: string | undefined;
}

export interface PhotoFacts {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** Most headers lie in the first step; a long EXIF or XMP block needs the second, hardly any the rest. */
const stepsBytes = [64 * 1024, 1024 * 1024];

/**
 * Checks a stored photo by size, magic bytes and header, reading no more of it than that takes.
 * Throws `IMAGE_EMPTY`, `IMAGE_TOO_LARGE`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_HEIF_UNSUPPORTED`,
 * `IMAGE_TOO_MANY_PIXELS` or `IMAGE_CORRUPT`.
 */
export async function checkPhoto(rules: PhotoRules, stored: StoredBytes): Promise<PhotoFacts> {
  checkSize(rules, stored);
  const { size } = stored;
  for (const step of [...stepsBytes, size]) {
    const start = await stored.readStart(Math.min(step, size));
    const facts = rules.inspect(start, step >= size);
    if (facts !== undefined) return facts;
  }
  throw new Fault("IMAGE_CORRUPT", { cause: new Error("no header in the whole file") });
}

/** Throws `IMAGE_EMPTY` or `IMAGE_TOO_LARGE`. */
export function checkSize(
  { bytesMax }: Pick<PhotoRules, "bytesMax">,
  { size }: { readonly size: number },
): void {
  if (size === 0) throw new Fault("IMAGE_EMPTY");
  if (size > bytesMax) throw new Fault("IMAGE_TOO_LARGE");
}
