import type { Clock } from "#lib/clock/clock.ts";
import type { ImageStore, StoredObject } from "./image-store.ts";
import type { Prefix } from "./upload.ts";

/**
 * A draft's URL takes bytes for five minutes and its callback follows at once. A day leaves room for an
 * app that was closed in between, and for a store whose clock is wrong.
 */
const draftTtlMs = 24 * 60 * 60 * 1000;
/** By which a row outlives its object, whatever failed meanwhile. */
const rowMarginMs = 24 * 60 * 60 * 1000;
const concurrentRemovesMax = 10;

export interface SweepDeps {
  readonly store: Pick<ImageStore, "list">;
  /** Forgets whose the uploads from before these times were, once their objects are gone. */
  readonly owners: {
    forget(before: { readonly drafts: Date; readonly scanPhotos: Date | undefined }): Promise<void>;
  };
  readonly clock: Clock;
  /** How long a confirmed photo of the channel `scan` is kept; undefined keeps them all. */
  readonly scanPhotoTtlMs: number | undefined;
  /** Asked between removals: a stopping process leaves the rest to the next round. */
  readonly isStopping: () => boolean;
  /** After every page. */
  readonly onPage: (progress: SweepProgress) => void;
}

/** Counts of one prefix since its sweep began. */
export interface SweepProgress {
  readonly prefix: Prefix;
  readonly seen: number;
  readonly removed: number;
  readonly failed: number;
  /** The latest reason of a failure. */
  readonly error: unknown;
}

/**
 * One sweep: removes unconfirmed uploads and expired photos, page by page.
 *
 * Nothing is removed before it has expired. Takes no lock: removing twice is harmless, so
 * concurrent sweeps only share the work. A failed removal is counted and does not stop the sweep; the
 * next one tries again.
 *
 * Throws `UNAVAILABLE` when the store cannot be listed.
 */
export async function sweepUploads(deps: SweepDeps): Promise<void> {
  const { scanPhotoTtlMs, owners, clock } = deps;
  const before = (ttlMs: number) => new Date(clock.now() - ttlMs - rowMarginMs);
  await sweepPrefix(deps, "drafts", draftTtlMs);
  // The other channels show their photos for as long as their owner wants.
  if (scanPhotoTtlMs !== undefined) await sweepPrefix(deps, "scan", scanPhotoTtlMs);
  if (deps.isStopping()) return;
  const scanPhotos = scanPhotoTtlMs === undefined ? undefined : before(scanPhotoTtlMs);
  await owners.forget({ drafts: before(draftTtlMs), scanPhotos });
}

async function sweepPrefix(deps: SweepDeps, prefix: Prefix, ttlMs: number): Promise<void> {
  const { store, clock, isStopping, onPage } = deps;
  const beforeMs = clock.now() - ttlMs;
  let [seen, removed, failed] = [0, 0, 0];
  let error: unknown;
  for await (const page of store.list(prefix)) {
    // An unreadable time is NaN, which is never smaller: such an object stays.
    const expired = page.filter(({ writtenAtMs }) => writtenAtMs < beforeMs);
    for (let at = 0; at < expired.length && !isStopping(); at += concurrentRemovesMax) {
      const results = await removeAll(expired.slice(at, at + concurrentRemovesMax));
      for (const result of results) {
        if (result.status === "fulfilled") removed += 1;
        else [failed, error] = [failed + 1, result.reason];
      }
    }
    seen += page.length;
    onPage({ prefix, seen, removed, failed, error });
    if (isStopping()) return;
  }
}

function removeAll(found: readonly StoredObject[]): Promise<PromiseSettledResult<void>[]> {
  return Promise.allSettled(found.map((one) => one.remove()));
}
