/** Of the longer side: what the models look at is smaller still. */
const pixelsMax = 1_600;
const jpegQuality = 0.86;
/** As the API takes it at most. */
const bytesMax = 10 * 1024 * 1024;

export interface Photo {
  readonly blob: Blob;
  /** Undefined for a photo that this browser cannot show. */
  readonly previewUrl: string | undefined;
}

export type PhotoProblem = "notPhoto" | "tooLarge";

/**
 * A photo as it is sent: of at most 1,600 pixels, and drawn anew, which leaves out where and when it was taken. HEIC
 * that the browser cannot read goes as it is: the server reads it, and takes the same out.
 */
export async function shrinkPhoto(file: Blob): Promise<Photo | PhotoProblem> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(
    () => null,
  );
  if (bitmap) {
    const blob = await redraw(bitmap);
    bitmap.close();
    if (blob) return { blob, previewUrl: URL.createObjectURL(blob) };
  }
  if (!(await isHeic(file))) return "notPhoto";
  if (file.size > bytesMax) return "tooLarge";
  return { blob: new Blob([file], { type: "image/heic" }), previewUrl: undefined };
}

async function redraw(bitmap: ImageBitmap): Promise<Blob | null> {
  const scale = Math.min(1, pixelsMax / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) return null;
  // JPEG has no transparency; without this it would be black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", jpegQuality));
}

const HEIC = /^ftyp(?:heic|heix|hevc|hevx|heim|heis|mif1|msf1)/;

async function isHeic(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(4, 12).arrayBuffer());
  return HEIC.test(String.fromCharCode(...head));
}
