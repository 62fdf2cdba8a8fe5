import type { Clock } from "#lib/clock/clock.ts";
import type { ImageStore } from "./image-store.ts";

/**
 * A scan may be redriven, and write its row, for 7 days after its photo was uploaded. A day more for an app that
 * uploads first and submits when it is online again, and one for the confirmation.
 */
const unusedTtlMs = 9 * 24 * 60 * 60 * 1000;
/** Where looking for scans begins: before every upload. */
const start: SweepPosition = { createdAt: "-infinity", key: "" };

/** The last upload that was looked at; they are looked at by age. */
export interface SweepPosition {
  readonly createdAt: string;
  readonly key: string;
}

export interface UsedUpload extends SweepPosition {
  /** A scan or a conversation of its owner has it. */
  readonly isUsed: boolean;
}

export interface SweepUnusedDeps {
  readonly store: Pick<ImageStore, "remove">;
  readonly owners: {
    /** The next confirmed photos of the channel `scan` that were offered before this time; none are the end. */
    confirmedScanPhotos(after: SweepPosition, before: Date): Promise<readonly UsedUpload[]>;
    /** The objects of these keys are gone. */
    forgetUnused(keys: readonly string[]): Promise<void>;
  };
  /** Where an earlier sweep came to; lost, all uploads are looked at again. */
  readonly position: {
    read(): Promise<SweepPosition | undefined>;
    write(position: SweepPosition): Promise<void>;
  };
  readonly clock: Clock;
  /** Asked between pages. */
  readonly isStopping: () => boolean;
}

/**
 * Removes photos that were uploaded for a scan which never came: the quota of uploads bounds a day of them, this
 * bounds all of them. Each upload is looked at once, nine days after it was offered; a photo that none has by
 * then is never shown in a history. Takes no lock: removing twice is harmless.
 *
 * @returns how many were removed
 * @throws Fault `UNAVAILABLE`; the next sweep begins with what could not be removed.
 */
export async function sweepUnused(deps: SweepUnusedDeps): Promise<number> {
  const { store, owners, position, clock, isStopping } = deps;
  const before = new Date(clock.now() - unusedTtlMs);
  let removed = 0;
  let after = (await position.read()) ?? start;
  while (!isStopping()) {
    const page = await owners.confirmedScanPhotos(after, before);
    const last = page.at(-1);
    if (last === undefined) break;
    const unused = page.filter(({ isUsed }) => !isUsed).map(({ key }) => key);
    for (const key of unused) await store.remove(key);
    if (unused.length > 0) await owners.forgetUnused(unused);
    removed += unused.length;
    after = { createdAt: last.createdAt, key: last.key };
    await position.write(after);
  }
  return removed;
}
