import { dirname, join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { decodeAvif } from "./avif.ts";
import { encodeBmp } from "./bmp.ts";
import { viewOf } from "./bytes.ts";
import { type HeifDisplay, readHeifSize, sniffHeif } from "./heif.ts";
import { type Grid, type Plane, pixelsOf, sumOfFour, wholePixelsMax } from "./heif-pixels.ts";
import { photoBytesMax } from "./inspect.ts";
import { addColourProfile } from "./jpeg.ts";
import { pixelsMax } from "./pixels-max.ts";
import type { Pixels } from "./pixels-on-white.ts";

/**
 * Decodes one HEIC or AVIF photo, which is its one message. A HEIC by libheif: the C API, as Emscripten exports it,
 * since the wrapper around that knows neither limits nor colour profiles. Nothing is freed: `decode-heif.ts` ends the
 * thread after its photo.
 */

export type HeifReply =
  | { readonly jpeg: Uint8Array<ArrayBuffer> }
  | { readonly code: FaultCode; readonly reason: string };

/** A photo of 24 megapixels in one piece takes 190 MB. What a file declares says nothing of the stream in it. */
const wasmBytesMax = 256 * 1024 * 1024;
const wasmPageBytes = 64 * 1024;
/** In one piece; tile by tile, as phones write what is large, memory is no question of the picture's size. */
const piecePixelsMax = 25 * 1024 * 1024;
/** Which leaves room for the profile. */
const jpegBytesMax = photoBytesMax - 64 * 1024;
/** The first that makes it small enough; the last needs less than five bits for each pixel of noise. */
const jpegQualities = [90, 75, 50] as const;

const noMemory = 6;
/** More than the structure has: two dimensions, and eight that no photo has. */
const tilingBytes = 128;
/** By `heif_error_code`: unsupported file type, unsupported feature, no decoder; no memory. */
const FAULT_CODES = new Map<number, FaultCode>([
  [3, "IMAGE_HEIF_UNSUPPORTED"],
  [4, "IMAGE_HEIF_UNSUPPORTED"],
  [11, "IMAGE_HEIF_UNSUPPORTED"],
  [noMemory, "IMAGE_TOO_MANY_PIXELS"],
]);
/** Colour space, chroma and channel as libheif numbers them. */
const [rgbSpace, interleavedRgb, interleavedRgba, interleaved] = [1, 10, 11, 10] as const;

/** Under the LGPL: no part of a compiled program, but a folder beside it, which anybody may exchange. */
const library = Bun.isStandaloneExecutable
  ? join(dirname(process.execPath), "libheif-js/wasm-bundle.js")
  : "libheif-js/wasm-bundle";

class HeifError extends Error {
  readonly code: number;

  constructor(code: number, subCode: number) {
    super(`libheif ${code}/${subCode}`);
    this.code = code;
  }
}

parentPort?.once("message", async (file: Uint8Array) => {
  parentPort?.postMessage(await reply(file));
});

async function reply(file: Uint8Array): Promise<HeifReply> {
  limitMemory();
  try {
    const isAvif = sniffHeif(file) === "avif";
    const { pixels, profile, ...display } = await (isAvif ? fromAvif(file) : fromHeic(file));
    const jpeg = await encode(pixels, display);
    return { jpeg: addColourProfile(jpeg, profile) };
  } catch (error) {
    const code = error instanceof HeifError ? FAULT_CODES.get(error.code) : undefined;
    return { code: code ?? "IMAGE_CORRUPT", reason: String(error) };
  }
}

/** Emscripten asks here for more, and takes a refusal as a machine's that has no more. */
function limitMemory(): void {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function growWithin(pages) {
    if (this.buffer.byteLength + pages * wasmPageBytes > wasmBytesMax)
      throw new RangeError("limit");
    return grow.call(this, pages);
  };
}

/** A picture and how it is to be shown. */
type Shown = HeifDisplay & { readonly pixels: Pixels };

async function fromAvif(file: Uint8Array): Promise<Shown> {
  const { width = 0, height = 0 } = readHeifSize(file) ?? {};
  if (width * height > piecePixelsMax) throw new HeifError(noMemory, 0);
  const { display, ...plane } = await decodeAvif(file);
  return { ...display, pixels: pixelsOf(plane) };
}

async function fromHeic(file: Uint8Array): Promise<Shown> {
  const { default: heif }: { default: typeof import("libheif-js/wasm-bundle") } = await import(
    library
  );
  const [error, out] = [heif._malloc(16), heif._malloc(8)];
  const read = (pointer: number) => viewOf(heif.HEAPU8).getUint32(pointer, true);
  const check = () => {
    if (read(error) !== 0) throw new HeifError(read(error), read(error + 4));
  };
  const context = heif._heif_context_alloc();
  const input = heif._malloc(file.length);
  if (input === 0) throw new Error("no memory for the file");
  heif.HEAPU8.set(file, input);
  heif._heif_context_read_from_memory_without_copy(error, context, input, file.length, 0);
  check();
  heif._heif_context_get_primary_image_handle(error, context, out);
  check();
  const handle = read(out);
  const width = heif._heif_image_handle_get_width(handle);
  const height = heif._heif_image_handle_get_height(handle);
  if (width * height > pixelsMax) throw new Error(`${width}×${height}`);
  const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const chroma = hasAlpha ? interleavedRgba : interleavedRgb;
  const tiling = heif._malloc(tilingBytes);
  // Turned and mirrored as the file says, here and below.
  heif._heif_image_handle_get_image_tiling(error, handle, 1, tiling);
  check();
  const grid = readTiling(viewOf(heif.HEAPU8), tiling);
  const planeOf = (image: number): Plane => {
    const start = heif._heif_image_get_plane_readonly2(image, interleaved, out);
    return {
      bytes: heif.HEAPU8.subarray(start),
      rowBytes: read(out),
      width: heif._heif_image_get_width(image, interleaved),
      height: heif._heif_image_get_height(image, interleaved),
      channels: hasAlpha ? 4 : 3,
    };
  };
  const decodePiece = () => {
    if (width * height > piecePixelsMax) throw new HeifError(noMemory, 0);
    heif._heif_decode_image(error, handle, out, rgbSpace, chroma, 0);
    check();
    return pixelsOf(planeOf(read(out)));
  };
  const decodeTiles = () =>
    sumOfFour(grid, (column, row, take) => {
      heif._heif_image_handle_decode_image_tile(
        error,
        handle,
        out,
        rgbSpace,
        chroma,
        0,
        column,
        row,
      );
      check();
      const image = read(out);
      take(planeOf(image));
      heif._heif_image_release(image);
    });
  // A tile comes without what is transparent of it.
  const isTiled = grid.columns * grid.rows > 1 && !hasAlpha;
  const pixels = isTiled && width * height > wholePixelsMax ? decodeTiles() : decodePiece();
  const profileBytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  const profile = heif._malloc(profileBytes);
  heif._heif_image_handle_get_raw_color_profile(error, handle, profile);
  return {
    pixels,
    // Done by libheif.
    quarterTurns: 0,
    mirror: undefined,
    profile: heif.HEAPU8.slice(profile, profile + (read(error) === 0 ? profileBytes : 0)),
  };
}

/** `heif_image_tiling`, as far as it is about two dimensions. */
function readTiling(view: DataView, at: number): Grid {
  const [, columns = 0, rows = 0, tileWidth = 0, tileHeight = 0, width = 0, height = 0, top, left] =
    Array.from({ length: 9 }, (_, i) => view.getUint32(at + 4 * i, true));
  return {
    columns,
    rows,
    tileWidth,
    tileHeight,
    width,
    height,
    // The tiles that are cut off come first where the picture is turned; libheif says by how much in several ways.
    left: left ? columns * tileWidth - width : 0,
    top: top ? rows * tileHeight - height : 0,
  };
}

async function encode(
  pixels: Pixels,
  { quarterTurns, mirror }: Omit<HeifDisplay, "profile">,
): Promise<Uint8Array> {
  const bmp = encodeBmp(pixels);
  for (const quality of jpegQualities) {
    const turned = new Bun.Image(bmp).rotate((360 - 90 * quarterTurns) % 360);
    const mirrored = mirror === "top-bottom" ? turned.flip() : turned;
    const upright = mirror === "left-right" ? turned.flop() : mirrored;
    const jpeg = await upright.jpeg({ quality }).bytes();
    if (jpeg.length <= jpegBytesMax) return jpeg;
  }
  throw new Error("too large as a JPEG");
}
