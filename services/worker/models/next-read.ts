import { tokenDelayMs } from "#lib/chat/chat-limits.ts";

/**
 * Replies that are read in one turn of the event loop. All of 500 at once took 30 ms of every 50, in which nothing else
 * began, and each of the five steps before a first text met such a wait: it came 53 ms after its model's (p95 137),
 * where now it comes after 16 (p95 33).
 */
export const readsPerTurnMax = 64;

let at = 0;
let waiting: (() => void)[] = [];
let isBeating = false;

/**
 * When replies that stream are read on: those of all chats of this process together, every `tokenDelayMs`. What a
 * model has written meanwhile waits in its connection without waking anybody, is read, filtered and made visible as
 * one piece, and of many chats in the same step. A server writes a token at a time: to follow each one took most of
 * what an answer cost.
 */
export function nextRead(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (!isBeating) void beat();
  return promise;
}

/** Each by what is left of it, so that the work of one does not delay the next. */
async function beat(): Promise<void> {
  isBeating = true;
  while (waiting.length > 0) {
    const restMs = at + tokenDelayMs - performance.now();
    await Bun.sleep(restMs > 0 ? restMs : tokenDelayMs);
    at = performance.now();
    const due = waiting;
    waiting = [];
    for (let from = 0; from < due.length; from += readsPerTurnMax) {
      if (from > 0) await new Promise<void>((resolve) => setImmediate(resolve));
      for (const readOn of due.slice(from, from + readsPerTurnMax)) readOn();
    }
  }
  isBeating = false;
}
