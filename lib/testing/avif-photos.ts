import { concat, text } from "./photos.ts";

/** Small AVIF photos, which Bun cannot make. `@jsquash/avif` made them of what `photos.ts` draws. */

/** 64 × 48 with four corners. */
export const avifPhoto: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAA" +
    "AADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAADMAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAa" +
    "mlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAEAAAAAwAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQAMAAAAABNjb2xybmNseAACAAIABoAAAAAXaXBt" +
    "YQAAAAAAAAABAAEEAQKDBAAAADttZGF0EgAKCRgVf72SBAQNCDIkRgAAABAQ1QhEsIIb2CVTgUZ0zI/1N8z2E3Id80jgjmtWWwuA",
);

/** A dark thing in the middle of what is transparent. */
export const transparentAvif: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAGNbWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAA" +
    "AADnBpdG0AAAAAAAEAAAAsaWxvYwAAAABEAAACAAEAAAABAAAB1wAAACcAAgAAAAEAAAG1AAAAIgAAAEJpaW5mAAAAAAACAAAAGmluZmUCAAAAAAEAA" +
    "GF2MDFDb2xvcgAAAAAaaW5mZQIAAAAAAgAAYXYwMUFscGhhAAAAABppcmVmAAAAAAAAAA5hdXhsAAIAAQABAAAAw2lwcnAAAACdaXBjbwAAABRpc3Bl" +
    "AAAAAAAAAEAAAAAwAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQAMAAAAABNjb2xybmNseAACAAIABoAAAAAOcGl4aQAAAAABCAAAAAxhdjFDgQAcAAA" +
    "AADhhdXhDAAAAAHVybjptcGVnOm1wZWdCOmNpY3A6c3lzdGVtczphdXhpbGlhcnk6YWxwaGEAAAAAHmlwbWEAAAAAAAAAAgABBAECgwQAAgQBBYYHAA" +
    "AAUW1kYXQSAAoGGBV/vZVAMhZGAAAARNJ4zHrletsNcrYkYC36GrigEgAKCRgVf72SBAQNCDIYRgAAABAQ0VGaHd0e1hrzMjbkLMSJtPGo",
);

/** `avifPhoto` to be turned by 90° counterclockwise, or with left and right exchanged. */
export function changedAvif(property: "irot" | "imir"): Uint8Array<ArrayBuffer> {
  // In place of a property that says nothing about it.
  const at = Buffer.from(avifPhoto).indexOf("colr");
  return concat(avifPhoto.subarray(0, at), text(`${property}\x01`), avifPhoto.subarray(at + 5));
}
