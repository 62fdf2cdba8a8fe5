import { Fault } from "#lib/error/fault.ts";

/** What a photo must be, as `#lib/image` knows it. */
export interface PhotoRules {
  readonly bytesMax: number;
  /** Reads the header only; undefined means that it needs more bytes. Throws the `IMAGE_…` faults. */
  readonly inspect: (bytes: Uint8Array, complete: boolean) => PhotoFacts | undefined;
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
 * Throws `IMAGE_EMPTY`, `IMAGE_TOO_LARGE`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_TOO_MANY_PIXELS` or
 * `IMAGE_CORRUPT`.
 */
export async function checkPhoto(
  { bytesMax, inspect }: PhotoRules,
  { size, readStart }: { size: number; readStart: (bytes: number) => Promise<Uint8Array> },
): Promise<PhotoFacts> {
  if (size === 0) throw new Fault("IMAGE_EMPTY");
  if (size > bytesMax) throw new Fault("IMAGE_TOO_LARGE");
  for (const step of [...stepsBytes, size]) {
    const start = await readStart(Math.min(step, size));
    const facts = inspect(start, step >= size);
    if (facts !== undefined) return facts;
  }
  throw new Fault("IMAGE_CORRUPT", { cause: "no header in the whole file" });
}
