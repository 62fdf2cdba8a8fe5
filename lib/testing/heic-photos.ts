import { concat, text } from "./photos.ts";

/** Small HEIC photos, which Bun cannot make. libheif's own `heif-enc` made them of what `photos.ts` draws. */

/** 64 × 48 with four corners. Its EXIF says to turn it, which no viewer of a HEIC does. */
export const heicPhoto: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAeFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAA" +
    "AAAAACAAAAEGlkYXQAAAAAAEAAMAAAAExpbG9jAQAAAERAAAMAAQAAAAAAAAIFAAEAAAAAAAAAnAACAAEAAAAAAAAAAQAAAAAAAAAIAAMAAAAA" +
    "AAACoQABAAAAAAAAADAAAABNaWluZgAAAAAAAwAAABVpbmZlAgAAAQABAABodmMxAAAAABVpbmZlAgAAAAACAABncmlkAAAAABVpbmZlAgAAAQ" +
    "ADAABFeGlmAAAAANVpcHJwAAAAs2lwY28AAABzaHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DIAABABhAAQwB//8DcAAAAwCQAAADAAADAB66" +
    "AkAhAAEAJ0IBAQNwAAADAJAAAAMAAAMAHqAggQWW6uSmubAgAAADACAAAAMAISIAAQAGRAHBc8CJAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAUaX" +
    "NwZQAAAAAAAABAAAAAMAAAABBwaXhpAAAAAAMICAgAAAAaaXBtYQAAAAAAAAACAAECgQIAAgIDhAAAAChpcmVmAAAAAAAAAA5kaW1nAAIAAQAB" +
    "AAAADmNkc2MAAwABAAIAAADUbWRhdAAAAJgoAa8J4CM4R//gn3/9/hofaQ28jkdVZKq3qQYjSfWMEv7hMMehQyVMkzXM/e6f0Ne/V/7/uwYYES" +
    "KL95JdutnOgnNAcbVj/+PCm24zcJ9KMiQpK+YiKT9VDEO9eVXpuMjHZ7aVhlTFdd7xo6cyBHhMysLFgDSq0KuRVxcPDJw2i/vgf9f/VJOyitRM" +
    "Eob+PA79mjCLi2ytcAAAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAADM3LjU2NjVOIDEyNi45NzgwRQ==",
);

/** 64 × 48, a dark thing in the middle of what is black and transparent. */
export const transparentHeic: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAvxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAA" +
    "AAAAACAAAAGGlkYXQAAAAAAEAAMAAAAAAAQAAwAAAAYGlsb2MBAAAAREAABAABAAAAAAAAAyAAAQAAAAAAAAB6AAIAAQAAAAAAAAABAAAAAAAA" +
    "AAgAAwAAAAAAAAOaAAEAAAAAAAAASwAEAAEAAAAAAAAAAQAAAAgAAAAIAAAAYmlpbmYAAAAAAAQAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW" +
    "5mZQIAAAAAAgAAZ3JpZAAAAAAVaW5mZQIAAAEAAwAAaHZjMQAAAAAVaW5mZQIAAAAABAAAZ3JpZAAAAAGxaXBycAAAAYRpcGNvAAAAdmh2Y0MB" +
    "A3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkpr" +
    "m4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgI" +
    "AAAAcWh2Y0MBBAgAAAAAAAAAAAAe8AD8/Pj4AAAPAyAAAQAXQAEMAf//BAgAAAMAn/gAAAMAAB66AkAhAAEAJkIBAQQIAAADAJ/4AAADAAAewI" +
    "IEFlurkprmwIAAAAMAgAAAAwCEIgABAAZEAcFzwIkAAAAUaXNwZQAAAAAAAABAAAAAQAAAABRpc3BlAAAAAAAAAEAAAAAwAAAADnBpeGkAAAAA" +
    "AQgAAAAnYXV4QwAAAAB1cm46bXBlZzpoZXZjOjIwMTU6YXV4aWQ6MQAAAAAlaXBtYQAAAAAAAAAEAAECgQIAAgIDhAADAoUGAAQDB4iJAAAANm" +
    "lyZWYAAAAAAAAADmRpbWcAAgABAAEAAAAOZGltZwAEAAEAAwAAAA5hdXhsAAQAAQACAAAAzW1kYXQAAAB2KAGvCeAhgGst//aXxpQaAeTazbbX" +
    "ZMQtyMUM40LZiBP9H4BPzA7kWBhmQvr+H3bb16i9DuuyChc5n0VtmzSAangwx9PystthNPFUlVJMDeJ0awBtPd3GrEa9JQSoNX0BKhotczTqfR" +
    "MQmIHE1/InFp/shQAtYAAAAEcoAa4TwOGupf//T9rkSEfBJW4C6U3f5MtPSltgksltFGS7jzj4SgpxnqX0IwBOi40XZsi+J4z/B1MPzBWSk/Qo" +
    "2EHBfGOwlg==",
);

/** `heicPhoto` as a phone saves it that was held upright: to be turned by 90° counterclockwise. */
export function turnedHeic(): Uint8Array<ArrayBuffer> {
  // Of the depth of its colours, which nobody asks for, the rotation is made.
  const at = Buffer.from(heicPhoto).indexOf("pixi");
  return concat(heicPhoto.subarray(0, at), text("irot\x01"), heicPhoto.subarray(at + 5));
}

/** `heicPhoto` that claims another size. */
export function heicBomb(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bomb = heicPhoto.slice();
  const at = Buffer.from(heicPhoto).lastIndexOf("ispe") + 8;
  new DataView(bomb.buffer).setUint32(at, width);
  new DataView(bomb.buffer).setUint32(at + 4, height);
  return bomb;
}
