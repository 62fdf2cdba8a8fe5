import type { Clock } from "#lib/clock/clock.ts";
import type { Found, ImageStore } from "./image-store.ts";
import type { Shelf } from "./upload.ts";

/**
 * A draft's URL takes bytes for five minutes and its callback follows at once. A day leaves room for an
 * app that was closed in between, and for a store whose clock is wrong.
 */
const draftKeptMs = 24 * 60 * 60 * 1000;
const removesAtOnce = 10;

export interface SweepDeps {
  readonly store: ImageStore;
  readonly clock: Clock;
  /** How long a confirmed photo of the channel `scan` is kept; undefined keeps them all. */
  readonly scanPhotoKeptMs: number | undefined;
  /** Asked between removals: a stopping process leaves the rest to the next round. */
  readonly isStopping: () => boolean;
  /** After every page. */
  readonly onPage: (progress: SweepProgress) => void;
}

/** Of one shelf since its sweep began. */
export interface SweepProgress {
  readonly shelf: Shelf;
  readonly seen: number;
  readonly removed: number;
  readonly failed: number;
  /** The latest reason of a failure. */
  readonly error: unknown;
}

/**
 * One round: removes uploads that nobody confirmed, and photos past their time, page by page.
 *
 * Guarantees that nothing younger than its time is removed. Takes no lock: removing twice is harmless, so
 * processes that sweep at once only share the work. What cannot be removed is counted and left, so that
 * it does not keep what lies behind it; the next round tries again.
 *
 * Throws `UNAVAILABLE` when the store cannot be listed.
 */
export async function sweepUploads(deps: SweepDeps): Promise<void> {
  await sweepShelf(deps, "drafts", draftKeptMs);
  // The other channels show their photos for as long as their owner wants.
  if (deps.scanPhotoKeptMs !== undefined) await sweepShelf(deps, "scan", deps.scanPhotoKeptMs);
}

async function sweepShelf(deps: SweepDeps, shelf: Shelf, keptMs: number): Promise<void> {
  const { store, clock, isStopping, onPage } = deps;
  const beforeMs = clock.now() - keptMs;
  let [seen, removed, failed] = [0, 0, 0];
  let error: unknown;
  for await (const page of store.list(shelf)) {
    // A time that cannot be read is no time that has passed.
    const due = page.filter(({ writtenAtMs }) => writtenAtMs < beforeMs);
    for (let at = 0; at < due.length && !isStopping(); at += removesAtOnce) {
      const results = await removeAll(due.slice(at, at + removesAtOnce));
      for (const result of results) {
        if (result.status === "fulfilled") removed += 1;
        else [failed, error] = [failed + 1, result.reason];
      }
    }
    seen += page.length;
    onPage({ shelf, seen, removed, failed, error });
    if (isStopping()) return;
  }
}

function removeAll(found: readonly Found[]): Promise<PromiseSettledResult<void>[]> {
  return Promise.allSettled(found.map((one) => one.remove()));
}
