import { createImageFetcher, type ImageFetcherOptions } from "./fetch-image.ts";

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
