import type { ChatTurn } from "#lib/chat/turn.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import type { PhotoQuestion } from "../tasks/scan.vision.ts";

/** What a photo shows, as a scan sees it, or the sentence that says why it cannot be looked at. */
export type Seen = { readonly vision: ClassificationResult } | { readonly unreadable: string };

export interface PhotoPorts {
  /** The scan's own classification. */
  classify(question: PhotoQuestion, signal: AbortSignal): Promise<ClassificationResult>;
}

/** A photo that is broken or gone fails no answer; a model that is away defers it, as it does a scan. */
export async function lookAtPhoto(
  ports: PhotoPorts,
  question: PhotoQuestion,
  signal: AbortSignal,
): Promise<Seen> {
  try {
    return { vision: await ports.classify(question, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Fault) || !isAboutPhoto(error)) throw error;
    return { unreadable: error.detail };
  }
}

/** Also what a model says of the photo alone: it refuses it, or has nothing to say about it. */
function isAboutPhoto({ code, kind }: Fault): boolean {
  return (code.startsWith("IMAGE_") || code.startsWith("MODEL_")) && kind.onMessage === "fail";
}

/** When a job was submitted, in milliseconds since the Unix epoch: its id is a UUIDv7. */
export function submittedAt({ jobId }: Pick<ChatTurn, "jobId">): number {
  return Number.parseInt(jobId.replaceAll("-", "").slice(0, 12), 16);
}
