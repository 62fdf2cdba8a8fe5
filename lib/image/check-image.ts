import { createImageFetcher, type ImageFetcherOptions } from "./fetch-image.ts";

/** What looking at a photo may throw, apart from what any call may. */
export const imageCheckFaults = [
  "IMAGE_URL_INVALID",
  "IMAGE_HOST_NOT_ALLOWED",
  "IMAGE_ADDRESS_PRIVATE",
  "IMAGE_TOO_LARGE",
  "IMAGE_TYPE_UNSUPPORTED",
  "IMAGE_HEIF_UNSUPPORTED",
  "IMAGE_REDIRECTED",
  "IMAGE_NOT_FOUND",
  "IMAGE_EMPTY",
  "IMAGE_TOO_MANY_PIXELS",
  "IMAGE_CORRUPT",
] as const;

/**
 * Looks at the photo of a submit before it is accepted: its header only.
 *
 * @param ownStore origin of our own store, which looked at the photo when it was uploaded
 * @returns throws a Fault of the IMAGE_ family when the photo can certainly not be used.
 */
export function createImageCheck(
  allowedHosts: ImageFetcherOptions["allowedHosts"],
  ownStore: string,
): (url: string) => Promise<void> {
  const images = createImageFetcher({ allowedHosts });
  return async (url) => {
    if (images.checkUrl(url).origin === ownStore) return;
    await images.probe(url);
  };
}
