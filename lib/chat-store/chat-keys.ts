/** Redis keys of a chat job. Its cancel is that of a scan: workers follow one channel of cancel notices. */
export const chatKeys = {
  /** Hash: owner, newest seq, position in the text, who works on it, how it ends, what it waits for. */
  state: (jobId: string) => `chat:state:${jobId}`,
  /** Hash seq → stage event: the idempotency marker and the replay log in one. */
  replay: (jobId: string) => `chat:replay:${jobId}`,
  /** The segment's text. */
  text: (jobId: string) => `chat:text:${jobId}`,
  /** Hash stage → output that is not to be paid again. */
  checkpoint: (jobId: string) => `chat:checkpoint:${jobId}`,
  /** Sorted set: jobs of the user that have not ended, by when they are no longer counted, in ms. */
  inFlight: (userId: string) => `chat:in-flight:${userId}`,
  idempotency: (userId: string, key: string) => `chat:idempotency:${userId}:${key}`,
  /** Live events of all jobs; an entry is of several: job id → what goes over the wire. */
  events: "chat:events",
} as const;

/** Every key with personal data of one job, for the deletion of an account. */
export function chatContentKeys(jobId: string): string[] {
  const { state, replay, text, checkpoint } = chatKeys;
  return [state, replay, text, checkpoint].map((key) => key(jobId));
}

/** How long a finished or silent job can be followed. */
export const chatTtlS = 3_600;
/** Entries of the live stream, approximately; a tailer that is further behind reads the logs of its jobs. */
export const chatEntriesMax = 1_000;
