const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const entryBytes = 12;

/** How a photo is to be turned before it is shown, EXIF 1 to 8; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * Orientation out of a TIFF block, which is what EXIF is in every container. Whatever is broken or
 * absent reads as 1: a photo with damaged EXIF is still a photo.
 */
export function readOrientation(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return 1;
  const littleEndian = view.getUint16(0) === 0x4949;
  if (!littleEndian && view.getUint16(0) !== 0x4d4d) return 1;
  if (view.getUint16(2, littleEndian) !== 42) return 1;

  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > view.byteLength) return 1;
  // The count is the file's claim (at most 65,535); the block's end bounds it as well.
  const count = view.getUint16(directory, littleEndian);
  for (let i = 0; i < count; i += 1) {
    const entry = directory + 2 + i * entryBytes;
    if (entry + entryBytes > view.byteLength) return 1;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    if (view.getUint16(entry + 2, littleEndian) !== SHORT) return 1;
    return asOrientation(view.getUint16(entry + 8, littleEndian));
  }
  return 1;
}

/** The smallest TIFF block that says it, and nothing else: one directory with one entry. */
export function writeOrientation(orientation: Orientation): Uint8Array<ArrayBuffer> {
  const tiff = new Uint8Array(8 + 2 + entryBytes + 4);
  const view = new DataView(tiff.buffer);
  view.setUint32(0, 0x4d4d_002a);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION_TAG);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return tiff;
}

function asOrientation(value: number): Orientation {
  switch (value) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
      return value;
    default:
      return 1;
  }
}
