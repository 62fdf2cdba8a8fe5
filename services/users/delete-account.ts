export interface DeleteAccountDeps {
  isDeleted(userId: string): Promise<boolean>;
  /** Ids of some of the user's scans; fewer than `limit` are the last. */
  someScans(userId: string, limit: number): Promise<readonly string[]>;
  /** Deletes the jobs' keys in Redis. */
  forgetJobs(jobIds: readonly string[]): Promise<void>;
  removeScans(userId: string, jobIds: readonly string[]): Promise<void>;
  /** The same of the jobs of the user's chats, with all that was said in them. */
  someChatJobs(userId: string, limit: number): Promise<readonly string[]>;
  forgetChatJobs(jobIds: readonly string[]): Promise<void>;
  removeChatMessages(userId: string, jobIds: readonly string[]): Promise<void>;
  /** Deletes what was, or is to be, delivered to the user's webhooks. */
  removeDeliveries(userId: string): Promise<void>;
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

const jobsPerStep = 500;

/**
 * Deletes an account and all data of its user. It may be interrupted at any point and repeated: a job's
 * keys are deleted before its row, by which they are found, and the account is deleted last. So an
 * unavailable Redis refuses the deletion instead of leaving half of it.
 *
 * Scans, messages and deliveries are deleted first and in small steps, because the last step blocks every writer.
 */
export async function deleteAccount(deps: DeleteAccountDeps, userId: string): Promise<void> {
  if (await deps.isDeleted(userId)) return;
  await removeJobs({
    find: (limit) => deps.someScans(userId, limit),
    forget: deps.forgetJobs,
    remove: (jobIds) => deps.removeScans(userId, jobIds),
  });
  await removeJobs({
    find: (limit) => deps.someChatJobs(userId, limit),
    forget: deps.forgetChatJobs,
    remove: (jobIds) => deps.removeChatMessages(userId, jobIds),
  });
  await deps.removeDeliveries(userId);
  await deps.forgetReservations(userId);
  await deps.erase(userId);
  await deps.removePhotos();
}

async function removeJobs(jobs: {
  find(limit: number): Promise<readonly string[]>;
  forget(jobIds: readonly string[]): Promise<void>;
  remove(jobIds: readonly string[]): Promise<void>;
}): Promise<void> {
  for (let found = jobsPerStep; found === jobsPerStep; ) {
    const jobIds = await jobs.find(jobsPerStep);
    if (jobIds.length > 0) {
      await jobs.forget(jobIds);
      await jobs.remove(jobIds);
    }
    // A job that ends meanwhile is left to the last step; else this loop might never end.
    found = jobIds.length;
  }
}
