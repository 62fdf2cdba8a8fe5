import type { Steps } from "./steps.ts";

const stepBytes = 1024 * 1024;

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

/** The kept stretches, and what comes behind them. Neighbours, perhaps 65,000 of them, are one. */
export function partsOf(
  bytes: Uint8Array,
  kept: readonly Range[],
  added: readonly Uint8Array[] = [],
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < kept.length; ) {
    const start = kept[i]?.start;
    let end = start;
    for (; i < kept.length && kept[i]?.start === end; i += 1) end = kept[i]?.end;
    parts.push(bytes.subarray(start, end));
  }
  return [...parts, ...added];
}

/** Latin-1. */
export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** As `concatBytes`, of ten megabytes: to touch that much new memory takes longer than to copy it. */
export function* concatInSteps(parts: readonly Uint8Array[]): Steps<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += stepBytes) {
      const piece = part.subarray(at, at + stepBytes);
      all.set(piece, offset);
      offset += piece.length;
      if (piece.length === stepBytes) yield;
    }
  }
  return all;
}

/** All of them in a row, in one new array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
