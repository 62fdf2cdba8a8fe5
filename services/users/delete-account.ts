export interface DeleteAccountDeps {
  isDeleted(userId: string): Promise<boolean>;
  /** Ids of some of the user's scans; fewer than `limit` are the last. */
  someScans(userId: string, limit: number): Promise<readonly string[]>;
  /** What Redis keeps of the jobs. */
  forgetJobs(jobIds: readonly string[]): Promise<void>;
  removeScans(userId: string, jobIds: readonly string[]): Promise<void>;
  /** The characters that Redis holds for the user while their rows are on the way. */
  forgetReservations(userId: string): Promise<void>;
  /**
   * Removes every row that is left and marks the id as deleted, in one step, after which no writer
   * brings a row back: see `adapters/erase.ts`.
   */
  erase(userId: string): Promise<void>;
}

const scansPerStep = 500;

/**
 * Deletes an account and everything of its user. It may be broken off at any point and asked for again:
 * a scan's keys go before its row, which is what they are found by, and the account goes last. So a
 * Redis that is away refuses the deletion instead of leaving half of it.
 *
 * The scans go first and in small steps, because the last step holds up every writer for its time.
 */
export async function deleteAccount(deps: DeleteAccountDeps, userId: string): Promise<void> {
  if (await deps.isDeleted(userId)) return;
  for (let found = scansPerStep; found === scansPerStep; ) {
    const jobIds = await deps.someScans(userId, scansPerStep);
    await deps.forgetJobs(jobIds);
    await deps.removeScans(userId, jobIds);
    // The last ones: a scan that ends meanwhile is for the last step, or this might never end.
    found = jobIds.length;
  }
  await deps.forgetReservations(userId);
  await deps.erase(userId);
}
