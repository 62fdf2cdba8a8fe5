import { Fault } from "#lib/error/fault.ts";
import { viewOf } from "./bytes.ts";

const [extension, picture] = [0x21, 0x2c];
const headerBytes = 13;

/** Size of what all frames lie in, or undefined when the bytes end before that. */
export function readGifSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = viewOf(bytes);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Throws `IMAGE_CORRUPT` where the first frame is not all there: the decoder takes a part of it for the whole. */
export function checkFirstFrame(bytes: Uint8Array): void {
  let at = headerBytes + paletteBytes(bytes[10]);
  for (;;) {
    const kind = bytes[at];
    if (kind === extension) at = endOfBlocks(bytes, at + 2);
    else if (kind === picture) {
      endOfBlocks(bytes, at + 11 + paletteBytes(bytes[at + 9]));
      return;
    } else throw corrupt("no picture");
  }
}

function paletteBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Blocks of at most 255 bytes, the last of which is empty. */
function endOfBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const size = bytes[at];
    if (size === undefined) throw corrupt("cut off before the end of its picture");
    at += 1 + size;
    if (size === 0) return at;
  }
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`GIF: ${cause}`) });
}
