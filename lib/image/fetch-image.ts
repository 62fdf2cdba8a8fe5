import { Fault } from "#lib/error/fault.ts";
import { openPinned, type ResolveHost, systemResolveHost } from "#lib/http/pinned-request.ts";
import { readBounded } from "#lib/http/read-bounded.ts";
import { parseImageHosts } from "./image-hosts.ts";
import { photoBytesMax } from "./inspect.ts";
import { inspectSent } from "./sent-photo.ts";

/** Enough for the header of nearly every photo; a longer one is left to the worker. */
const probeBytesMax = 1024 * 1024;
/** How much more must have come before a header that was not complete is read again. */
const probeStepBytes = 4 * 1024;

/** To begin with, where the host does not say; what it says is believed only so far. */
const bufferBytes = 64 * 1024;
const bufferBytesMax = 512 * 1024;

export interface ImageFetcherOptions {
  /** Entries of `IMAGE_HOSTS`. */
  readonly allowedHosts: readonly string[];
  readonly resolve?: ResolveHost;
  /** Certificates to trust in place of the system's, PEM. */
  readonly ca?: string;
  /** The whole download, name lookup included. */
  readonly fetchDeadlineMs?: number;
  /** Longest silence of the host. */
  readonly idleMs?: number;
  /** The user waits for this one. */
  readonly probeDeadlineMs?: number;
}

export interface ImageFetcher {
  /** Throws `IMAGE_URL_INVALID` or `IMAGE_HOST_NOT_ALLOWED`; otherwise the canonical URL. */
  checkUrl(url: string): URL;
  /**
   * Looks at the start of the image, as a preflight. Throws what will not change by asking again;
   * an unreachable host passes, since whoever fetches the image owns the retries. It has a deadline of its own.
   */
  probe(url: string, signal?: AbortSignal): Promise<void>;
  /** The whole file, at most `photoBytesMax` bytes, not yet inspected. */
  fetch(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The only way Eco² opens an address that a user named. Guarantees: only hosts of the allow-list, only
 * checked addresses, no redirects, no decompression, bounded bytes and time. Does not guarantee that
 * the bytes are an image: that is `inspectSent`.
 *
 * Both calls throw `IMAGE_HOST_NOT_ALLOWED`, `IMAGE_URL_INVALID`, `IMAGE_ADDRESS_PRIVATE`,
 * `IMAGE_REDIRECTED`, `IMAGE_NOT_FOUND`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_TOO_LARGE`; `fetch` also
 * `IMAGE_UNREACHABLE`, `probe` also what `inspectSent` throws. An aborted `signal` rejects with its reason.
 */
export function createImageFetcher({
  allowedHosts,
  resolve = systemResolveHost,
  ca,
  fetchDeadlineMs = 10_000,
  idleMs = 5_000,
  probeDeadlineMs = 2_000,
}: ImageFetcherOptions): ImageFetcher {
  const hosts = parseImageHosts(allowedHosts);

  async function download(text: string, { signal, deadlineMs, isEnough }: DownloadOptions) {
    const url = hosts.check(text);
    signal.throwIfAborted();
    const ours = new AbortController();
    const deadline = setTimeout(() => ours.abort(), deadlineMs);
    const idle = setTimeout(() => ours.abort(), idleMs);
    try {
      const response = await openPinned(url, {
        resolve,
        ca,
        allowPrivate: hosts.isNamedOrigin(url),
        refusal: "IMAGE_ADDRESS_PRIVATE",
        headers: { accept: "image/jpeg, image/png, image/webp" },
        signal: AbortSignal.any([signal, ours.signal]),
      });
      checkHead(response);
      const { bytes, end } = await readBounded(response.body, photoBytesMax, {
        bytesExpected: Math.min(lengthOf(response.headers) || bufferBytes, bufferBytesMax),
        isEnough: (received) => {
          idle.refresh();
          return isEnough(received);
        },
      });
      if (end === "too large") throw new Fault("IMAGE_TOO_LARGE");
      return { bytes, complete: end === "complete" };
    } catch (error) {
      ours.abort();
      if (error instanceof Fault) throw error;
      signal.throwIfAborted();
      throw new Fault("IMAGE_UNREACHABLE", { cause: error });
    } finally {
      clearTimeout(deadline);
      clearTimeout(idle);
    }
  }

  return {
    checkUrl: (url) => hosts.check(url),
    async probe(url, signal = new AbortController().signal) {
      try {
        const options = { signal, deadlineMs: probeDeadlineMs, isEnough: createHeaderSeen() };
        const { bytes, complete } = await download(url, options);
        inspectSent(bytes, complete);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== "IMAGE_UNREACHABLE") throw error;
      }
    },
    async fetch(url, signal) {
      const options = { signal, deadlineMs: fetchDeadlineMs, isEnough: () => false };
      return (await download(url, options)).bytes;
    },
  };
}

interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** Asked after each piece with all that has come; true ends the download early. */
  readonly isEnough: (received: Uint8Array) => boolean;
}

function createHeaderSeen(): DownloadOptions["isEnough"] {
  let inspectedBytes = -probeStepBytes;
  return function isHeaderSeen(received) {
    if (received.length >= probeBytesMax) return true;
    // Reading again after every byte of a slow drip would be quadratic.
    if (received.length < inspectedBytes + probeStepBytes) return false;
    inspectedBytes = received.length;
    return inspectSent(received, false) !== undefined;
  };
}

function checkHead({ status, headers }: Response): void {
  const cause = new Error(`status ${status}`);
  if (status >= 300 && status < 400) throw new Fault("IMAGE_REDIRECTED", { cause });
  const isTransient = status === 408 || status === 425 || status === 429;
  if (status >= 400 && status < 500 && !isTransient) throw new Fault("IMAGE_NOT_FOUND", { cause });
  if (status !== 200) throw new Fault("IMAGE_UNREACHABLE", { cause });

  // Compression was not asked for, and photos are compressed already: inflating is only a risk.
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new Fault("IMAGE_TYPE_UNSUPPORTED", {
      cause: new Error(`content-encoding ${encoding}`),
    });
  if (lengthOf(headers) > photoBytesMax) throw new Fault("IMAGE_TOO_LARGE");
}

function lengthOf(headers: Headers): number {
  return Number(headers.get("content-length") ?? 0);
}
