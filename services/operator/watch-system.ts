import type { SystemStatus } from "./system-status.ts";

export interface WatchDeps {
  read(): Promise<SystemStatus>;
  /** Calls until it is stopped. */
  repeat(run: () => Promise<void>): { readonly stop: () => Promise<void> };
}

/** Somebody who looks on. */
export type Viewer = (status: SystemStatus) => void;

/**
 * Looks at the system again and again for as long as somebody looks on: once for all of them, and never while nobody
 * does.
 */
export class SystemWatch {
  readonly #deps: WatchDeps;
  readonly #viewers = new Set<Viewer>();
  #repeating: { readonly stop: () => Promise<void> } | undefined;
  #last: SystemStatus | undefined;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Shows what was seen last at once, and then whatever is seen. @returns stops looking */
  add(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    if (this.#last) viewer(this.#last);
    if (!this.#repeating) {
      this.#repeating = this.#deps.repeat(() => this.#look());
      if (!this.#last) void this.#look();
    }
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size > 0) return;
      void this.#repeating?.stop();
      this.#repeating = undefined;
      // Whoever comes later is not shown what was.
      this.#last = undefined;
    };
  }

  async #look(): Promise<void> {
    const status = await this.#deps.read();
    if (this.#viewers.size === 0) return;
    this.#last = status;
    for (const show of [...this.#viewers]) show(status);
  }
}
