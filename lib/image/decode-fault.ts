import { Fault } from "#lib/error/fault.ts";

/** What `Bun.Image` says of a photo, as a fault. */
export function decodeFault(error: unknown): Fault {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ERR_IMAGE_TOO_MANY_PIXELS":
      return new Fault("IMAGE_TOO_MANY_PIXELS", { cause: error });
    case "ERR_IMAGE_DECODE_FAILED":
    case "ERR_IMAGE_UNKNOWN_FORMAT":
    case "ERR_IMAGE_FORMAT_UNSUPPORTED":
      return new Fault("IMAGE_CORRUPT", { cause: error });
    default:
      return Fault.from(error);
  }
}
