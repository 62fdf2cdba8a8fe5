import { Worker } from "node:worker_threads";
import { Fault } from "#lib/error/fault.ts";
import type { HeifReply } from "./heif-thread.ts";

/** A photo of 48 megapixels takes 7 s on a slow core. */
const decodeMsMax = 20_000;
/** In a compiled program by its path from the root of the project, as `infra/build.ts` names it. */
const threadScript = Bun.isStandaloneExecutable
  ? "./lib/image/heif-thread.ts"
  : new URL("./heif-thread.ts", import.meta.url);

/**
 * A HEIC or AVIF photo as an upright JPEG with its colour profile and without any other metadata. Bun decodes neither
 * on Linux; libheif and libavif do, as WebAssembly, in a thread that lives for this photo: what the decoder grew to, or
 * broke in it, goes with it. Takes a core, and up to 400 MB: the caller bounds how many run at once.
 *
 * Throws `IMAGE_CORRUPT`, `IMAGE_TOO_MANY_PIXELS` or `IMAGE_HEIF_UNSUPPORTED`.
 */
export async function decodeHeif(
  bytes: Uint8Array,
  {
    script = threadScript,
    timeoutMs = decodeMsMax,
  }: { script?: string | URL; timeoutMs?: number } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  const fail = (cause: unknown) => reject(new Fault("IMAGE_HEIF_UNSUPPORTED", { cause }));
  const thread = new Worker(script);
  const deadline = setTimeout(() => fail(new Error("decoding took too long")), timeoutMs);
  thread.on("message", (reply: HeifReply) => {
    if ("jpeg" in reply) resolve(reply.jpeg);
    else reject(new Fault(reply.code, { cause: new Error(reply.reason) }));
  });
  thread.on("error", fail);
  thread.on("exit", () => fail(new Error("the decoding thread ended")));
  thread.postMessage(bytes);
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    await thread.terminate();
  }
}
