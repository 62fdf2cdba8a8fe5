import { parentPort } from "node:worker_threads";
import type { FaultCode } from "#lib/error/fault-table.ts";
import { encodeBmp } from "./bmp.ts";
import { viewOf } from "./bytes.ts";
import { heicPixelsMax } from "./heif.ts";
import { photoBytesMax } from "./inspect.ts";
import { addColourProfile } from "./jpeg.ts";
import type { Pixels } from "./pixels-on-white.ts";

/**
 * Decodes one HEIC photo, which is its one message, by libheif: the C API, as Emscripten exports it, since the
 * wrapper around that knows neither limits nor colour profiles. Nothing is freed: `decode-heic.ts` ends the thread
 * after its photo.
 */

export type HeicReply =
  | { readonly jpeg: Uint8Array<ArrayBuffer> }
  | { readonly code: FaultCode; readonly reason: string };

/** A photo of 24 megapixels takes 190 MB. What a file declares says nothing of the stream in it. */
const wasmBytesMax = 256 * 1024 * 1024;
const wasmPageBytes = 64 * 1024;
/** A larger picture is halved on both sides: still more than anybody looks at. */
const wholePixelsMax = 16 * 1024 * 1024;
/** Which leaves room for the profile. */
const jpegBytesMax = photoBytesMax - 64 * 1024;
/** The first that makes it small enough; the last needs less than five bits for each pixel of noise. */
const jpegQualities = [90, 75, 50] as const;

/** By `heif_error_code`: unsupported file type, unsupported feature, no decoder; no memory. */
const FAULT_CODES = new Map<number, FaultCode>([
  [3, "IMAGE_HEIF_UNSUPPORTED"],
  [4, "IMAGE_HEIF_UNSUPPORTED"],
  [11, "IMAGE_HEIF_UNSUPPORTED"],
  [6, "IMAGE_TOO_MANY_PIXELS"],
]);
/** Colour space, chroma and channel as libheif numbers them. */
const [rgbSpace, interleavedRgb, interleavedRgba, interleaved] = [1, 10, 11, 10] as const;

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

async function reply(file: Uint8Array): Promise<HeicReply> {
  limitMemory();
  try {
    const { pixels, profile } = await decode(file);
    const jpeg = await encode(pixels);
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

async function decode(file: Uint8Array) {
  const { default: heif } = await import("libheif-js/wasm-bundle");
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
  if (width * height > heicPixelsMax) throw new Error(`${width}×${height}`);
  const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const chroma = hasAlpha ? interleavedRgba : interleavedRgb;
  // Turned and mirrored as the file says.
  heif._heif_decode_image(error, handle, out, rgbSpace, chroma, 0);
  check();
  const image = read(out);
  const start = heif._heif_image_get_plane_readonly2(image, interleaved, out);
  const plane = {
    bytes: heif.HEAPU8.subarray(start),
    rowBytes: read(out),
    width: heif._heif_image_get_width(image, interleaved),
    height: heif._heif_image_get_height(image, interleaved),
    channels: hasAlpha ? 4 : 3,
  };
  const profileBytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  const profile = heif._malloc(profileBytes);
  heif._heif_image_handle_get_raw_color_profile(error, handle, profile);
  return {
    pixels: pixelsOf(plane),
    profile: heif.HEAPU8.slice(profile, profile + (read(error) === 0 ? profileBytes : 0)),
  };
}

interface Plane {
  readonly bytes: Uint8Array;
  readonly rowBytes: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** On white where it is transparent, and halved where it is large. */
function pixelsOf(plane: Plane): Pixels {
  const { bytes, rowBytes, channels, width, height } = plane;
  if (width * height > wholePixelsMax) return halve(plane);
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    const row = bytes.subarray(y * rowBytes, y * rowBytes + channels * width);
    if (channels === 3) rgb.set(row, 3 * y * width);
    else blendRow(row, rgb.subarray(3 * y * width));
  }
  return { width, height, rgb };
}

function blendRow(rgba: Uint8Array, rgb: Uint8Array): void {
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[to++] = ((rgba[from + channel] ?? 0) * alpha) / 255 + 255 - alpha;
    }
  }
}

/** Each pixel is the mean of four. */
function halve({ bytes, rowBytes, channels, ...size }: Plane): Pixels {
  const [width, height] = [size.width >> 1, size.height >> 1];
  const rgb = new Uint8Array(3 * width * height);
  const row = new Uint8Array(6 * width);
  for (let y = 0; y < height; y += 1) {
    const sums = new Uint16Array(6 * width);
    for (const at of [2 * y, 2 * y + 1]) {
      const one = bytes.subarray(at * rowBytes, at * rowBytes + 2 * channels * width);
      if (channels === 3) row.set(one);
      else blendRow(one, row);
      for (let i = 0; i < row.length; i += 1) sums[i] = (sums[i] ?? 0) + (row[i] ?? 0);
    }
    for (let i = 0; i < 3 * width; i += 1) {
      const left = 6 * Math.floor(i / 3) + (i % 3);
      rgb[3 * y * width + i] = ((sums[left] ?? 0) + (sums[left + 3] ?? 0)) >> 2;
    }
  }
  return { width, height, rgb };
}

async function encode(pixels: Pixels): Promise<Uint8Array> {
  const bmp = encodeBmp(pixels);
  for (const quality of jpegQualities) {
    const jpeg = await new Bun.Image(bmp).jpeg({ quality }).bytes();
    if (jpeg.length <= jpegBytesMax) return jpeg;
  }
  throw new Error("too large as a JPEG");
}
