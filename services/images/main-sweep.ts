import { systemClock } from "#lib/clock/clock.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { UploadRows } from "./adapters/postgres.ts";
import type { ImagesConfig } from "./config.ts";
import type { ImageStore } from "./image-store.ts";
import { removeOwnerless } from "./remove-ownerless.ts";
import { type SweepUnusedDeps, sweepUnused } from "./sweep-unused.ts";
import { sweepUploads } from "./sweep-uploads.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** A deletion removes by itself what it finds: this is for one that was interrupted. */
const removalIntervalMs = 5_000;

interface SweepGiven {
  readonly store: ImageStore;
  readonly owners: UploadRows;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

/** Starts the removal of what deleted accounts have uploaded; several processes may remove at once. */
export function startRemoval({ store, owners, log, scope }: SweepGiven): void {
  const timer = repeat(async () => {
    try {
      const { removed, failed, error } = await removeOwnerless({ store, owners });
      if (failed > 0) log.warn("uploads of deleted accounts not removed", { failed, error });
      else if (removed > 0) log.info("uploads of deleted accounts removed", { removed });
    } catch (error) {
      log.warn("uploads of deleted accounts not removed", { error });
    }
  }, removalIntervalMs);
  scope.onStop("removal", timer.stop);
}

/** Starts the periodic sweep; several processes may sweep at once. */
export function startSweep(
  { IMAGE_SWEEP_INTERVAL, IMAGE_TTL_DAYS }: ImagesConfig,
  { store, owners, position, log, scope }: SweepGiven & Pick<SweepUnusedDeps, "position">,
): void {
  if (IMAGE_SWEEP_INTERVAL === 0) return;
  const deps = {
    store,
    owners,
    clock: systemClock,
    scanPhotoTtlMs: IMAGE_TTL_DAYS === 0 ? undefined : IMAGE_TTL_DAYS * dayMs,
    isStopping: () => scope.stopping,
  };
  const timer = repeat(async () => {
    try {
      await sweepUploads({
        ...deps,
        onPage: ({ removed, failed, error, ...progress }) => {
          if (failed > 0) log.warn("uploads not swept", { ...progress, removed, failed, error });
          else if (removed > 0) log.info("uploads swept", { ...progress, removed });
        },
      });
      const removed = await sweepUnused({ ...deps, position });
      if (removed > 0) log.info("photos that no scan has used removed", { removed });
    } catch (error) {
      log.warn("sweep interrupted", { error });
    }
  }, IMAGE_SWEEP_INTERVAL * 1_000);
  scope.onStop("sweep", timer.stop);
}
