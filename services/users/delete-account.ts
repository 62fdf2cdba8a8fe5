export interface DeleteAccountDeps {
  isDeleted(userId: string): Promise<boolean>;
  /** Ids of some of the user's scans; fewer than `limit` are the last. */
  someScans(userId: string, limit: number): Promise<readonly string[]>;
  /** Deletes the jobs' keys in Redis. */
  forgetJobs(jobIds: readonly string[]): Promise<void>;
  removeScans(userId: string, jobIds: readonly string[]): Promise<void>;
  /** Deletes the user's reservations of characters, whose rows are not written yet. */
  forgetReservations(userId: string): Promise<void>;
  /**
   * Removes every row that is left and marks the id as deleted, in one step, after which no writer
   * brings a row back: see `adapters/erase.ts`.
   */
  erase(userId: string): Promise<void>;
  /** Removes the photos that have lost their owner by that, or leaves it to the images service. */
  removePhotos(): Promise<void>;
}

const scansPerStep = 500;

/**
 * Deletes an account and all data of its user. It may be interrupted at any point and repeated: a scan's
 * keys are deleted before its row, by which they are found, and the account is deleted last. So an
 * unavailable Redis refuses the deletion instead of leaving half of it.
 *
 * The scans are deleted first and in small steps, because the last step blocks every writer.
 */
export async function deleteAccount(deps: DeleteAccountDeps, userId: string): Promise<void> {
  if (await deps.isDeleted(userId)) return;
  for (let found = scansPerStep; found === scansPerStep; ) {
    const jobIds = await deps.someScans(userId, scansPerStep);
    await deps.forgetJobs(jobIds);
    await deps.removeScans(userId, jobIds);
    // A scan that ends meanwhile is left to the last step; else this loop might never end.
    found = jobIds.length;
  }
  await deps.forgetReservations(userId);
  await deps.erase(userId);
  await deps.removePhotos();
}
