/**
 * Requests with one refresh token that overlap, without a gap between them, are one burst. Every one of them
 * may have been sent before any was answered, however late it was read: a page that wakes up sends them
 * all at once, and a busy process reads them one after the other. Whoever has seen an answer and
 * sends the token again is another burst.
 *
 * Of this process alone; holds an entry for each token that is being asked with right now.
 */
export class RefreshBursts {
  readonly #open = new Map<string, { readonly since: number; requests: number }>();

  /** @returns since when, in ms since the Unix epoch, the burst goes on; and what ends one's part in it. */
  join(token: string, now: number): { readonly since: number; readonly leave: () => void } {
    const burst = this.#open.get(token) ?? { since: now, requests: 0 };
    this.#open.set(token, burst);
    burst.requests++;
    const leave = () => {
      if (--burst.requests === 0) this.#open.delete(token);
    };
    return { since: burst.since, leave };
  }
}
