import wasmFile from "@jsquash/avif/codec/dec/avif_dec.wasm" with { type: "file" };
import { type HeifDisplay, readHeifDisplay } from "./heif.ts";
import type { Plane } from "./heif-pixels.ts";

/**
 * The pixels of an AVIF by libavif, as Emscripten gives them: as they are stored, how they are to be shown beside
 * them. In a thread of its own, as `decode-heif.ts` starts it.
 *
 * @throws when there is no picture in it
 */
export async function decodeAvif(file: Uint8Array): Promise<Plane & { display: HeifDisplay }> {
  // The decoder gives its pixels as one of these, which only browsers have.
  Object.assign(globalThis, { ImageData: RawPixels });
  const { default: createDecoder } = await import("@jsquash/avif/codec/dec/avif_dec.js");
  const wasmBinary = await Bun.file(wasmFile).arrayBuffer();
  const decoder: Decoder = await createDecoder({ noInitialRun: true, wasmBinary });
  const pixels = decoder.decode(file, 8);
  if (!pixels) throw new Error("AVIF: no picture");
  const { data, width, height } = pixels;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const display = readHeifDisplay(file);
  return { bytes, width, height, channels: 4, rowBytes: 4 * width, display };
}

interface Decoder {
  decode(file: Uint8Array, bitsPerChannel: 8): RawPixels | null;
}

class RawPixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    [this.data, this.width, this.height] = [data, width, height];
  }
}
