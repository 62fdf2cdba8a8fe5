/** Pieces of at most `bytesMax` bytes of UTF-8, which never end inside a code point. */
export function splitText(text: Buffer, bytesMax: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + bytesMax, text.length);
    while (!isBoundary(text, to)) to--;
    pieces.push(text.subarray(from, to));
    from = to;
  }
  return pieces;
}

/** True where a code point begins, or the text ends. */
export function isBoundary(text: Buffer, at: number): boolean {
  const byte = text[at];
  return byte === undefined || (byte & 0xc0) !== 0x80;
}
