/** Longer than a busy process takes for what was sent to it at once. */
const burstMsMax = 30_000;

/**
 * Requests with one refresh token that overlap, without a gap between them, are one burst. Every one of them
 * may have been sent before any was answered, however late it was read: a page that wakes up sends them
 * all at once, and a busy process reads them one after the other. Whoever has seen an answer and
 * sends the token again is another burst.
 *
 * A burst is over after `burstMsMax` all the same: a thief who asks without a pause would keep the one open
 * that began before the token was used, and its owner's request would pass for part of it.
 *
 * Of this process alone; holds an entry for each token that is being asked with right now.
 */
export class RefreshBursts {
  readonly #open = new Map<string, { readonly since: number; requests: number }>();

  /** @returns since when, in ms since the Unix epoch, the burst goes on; and what ends one's part in it. */
  join(token: string, now: number): { readonly since: number; readonly leave: () => void } {
    const open = this.#open.get(token);
    const burst = open && now - open.since <= burstMsMax ? open : { since: now, requests: 0 };
    this.#open.set(token, burst);
    burst.requests++;
    const leave = () => {
      if (--burst.requests === 0 && this.#open.get(token) === burst) this.#open.delete(token);
    };
    return { since: burst.since, leave };
  }
}
