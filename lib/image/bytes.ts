/** A half-open stretch of a file, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A DataView of exactly these bytes, wherever in their buffer they lie. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether `text` (Latin-1) stands at `offset`. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** The kept stretches joined into one new array, in order. */
export function joinRanges(bytes: Uint8Array, kept: readonly Range[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(kept.reduce((sum, { start, end }) => sum + end - start, 0));
  let offset = 0;
  for (const { start, end } of kept) {
    joined.set(bytes.subarray(start, end), offset);
    offset += end - start;
  }
  return joined;
}
