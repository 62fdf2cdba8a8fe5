import { concat, text } from "./photos.ts";

/** Small AVIF photos, which Bun cannot make. `@jsquash/avif` made them of what `photos.ts` draws. */

/** 64 × 48 with four corners. */
export const avifPhoto: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYA" +
    "AAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAADMAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3" +
    "IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAEAAAAAwAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQAMAAAAABNjb2xybmNseAACAAIA" +
    "BoAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAADttZGF0EgAKCRgVf72SBAQNCDIkRgAAABAQ1QhEsIIb2CVTgUZ0zI/1N8z2E3Id80jgjmtWWw" +
    "uA",
);

/** A dark thing in the middle of what is transparent. */
export const transparentAvif: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAGNbWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYA" +
    "AAAADnBpdG0AAAAAAAEAAAAsaWxvYwAAAABEAAACAAEAAAABAAAB1wAAACcAAgAAAAEAAAG1AAAAIgAAAEJpaW5mAAAAAAACAAAAGmluZmUCAA" +
    "AAAAEAAGF2MDFDb2xvcgAAAAAaaW5mZQIAAAAAAgAAYXYwMUFscGhhAAAAABppcmVmAAAAAAAAAA5hdXhsAAIAAQABAAAAw2lwcnAAAACdaXBj" +
    "bwAAABRpc3BlAAAAAAAAAEAAAAAwAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQAMAAAAABNjb2xybmNseAACAAIABoAAAAAOcGl4aQAAAAABCA" +
    "AAAAxhdjFDgQAcAAAAADhhdXhDAAAAAHVybjptcGVnOm1wZWdCOmNpY3A6c3lzdGVtczphdXhpbGlhcnk6YWxwaGEAAAAAHmlwbWEAAAAAAAAA" +
    "AgABBAECgwQAAgQBBYYHAAAAUW1kYXQSAAoGGBV/vZVAMhZGAAAARNJ4zHrletsNcrYkYC36GrigEgAKCRgVf72SBAQNCDIYRgAAABAQ0VGaHd" +
    "0e1hrzMjbkLMSJtPGo",
);

/** `avifPhoto` with a colour profile of seven bytes. */
export function profiledAvif(): Uint8Array<ArrayBuffer> {
  const at = Buffer.from(avifPhoto).indexOf("nclx");
  return concat(avifPhoto.subarray(0, at), text("profprofile"), avifPhoto.subarray(at + 11));
}

/** `avifPhoto` to be turned by 90° counterclockwise, or with left and right exchanged. */
export function changedAvif(property: "irot" | "imir"): Uint8Array<ArrayBuffer> {
  // In place of a property that says nothing about it.
  const at = Buffer.from(avifPhoto).indexOf("colr");
  return concat(avifPhoto.subarray(0, at), text(`${property}\x01`), avifPhoto.subarray(at + 5));
}
