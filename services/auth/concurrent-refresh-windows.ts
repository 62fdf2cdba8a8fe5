/** Longer than a busy process needs for requests that were sent to it at once. */
const windowMsMax = 30_000;

/**
 * Distinguishes concurrent refreshes with one token from later reuse of it. Requests with the same
 * token that overlap without a gap share a window. All of them may have been sent before the first
 * response, however late each is read: a page that wakes up sends its requests at once, and a busy
 * process reads them one by one. A request after a response, which may be a thief's, opens a new
 * window.
 *
 * A window closes after `windowMsMax` even while requests overlap. Otherwise a thief who sends
 * requests without a pause could hold open the window that began before the token was used, and the
 * owner's later request, which reveals the theft, would count as concurrent.
 *
 * Covers this process alone; holds one entry for each token with a request in progress.
 */
export class ConcurrentRefreshWindows {
  readonly #open = new Map<string, { readonly openedAt: number; requests: number }>();

  /**
   * @returns when the token's window opened, in ms since the Unix epoch; `leave` ends the request's
   * part.
   */
  enter(token: string, now: number): { readonly openedAt: number; readonly leave: () => void } {
    const open = this.#open.get(token);
    const window =
      open && now - open.openedAt <= windowMsMax ? open : { openedAt: now, requests: 0 };
    this.#open.set(token, window);
    window.requests++;
    const leave = () => {
      if (--window.requests === 0 && this.#open.get(token) === window) this.#open.delete(token);
    };
    return { openedAt: window.openedAt, leave };
  }
}
