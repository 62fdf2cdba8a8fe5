import { tokenDelayMs } from "#lib/chat/chat-limits.ts";

let at = 0;
let next: Promise<void> | undefined;

/**
 * When replies that stream are read on: those of all chats of this process together, every `tokenDelayMs`. What a
 * model has written meanwhile waits in its connection without waking anybody, is read, filtered and made visible as
 * one piece, and of all chats in the same step. A server writes a token at a time: to follow each one took most of
 * what an answer cost.
 */
export function nextRead(): Promise<void> {
  next ??= wait();
  return next;
}

/** By what is left of a beat, so that the work of one does not delay the next. */
async function wait(): Promise<void> {
  const restMs = at + tokenDelayMs - performance.now();
  await Bun.sleep(restMs > 0 ? restMs : tokenDelayMs);
  at = performance.now();
  next = undefined;
}
