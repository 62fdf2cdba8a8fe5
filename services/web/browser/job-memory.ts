/**
 * What this browser knows of scans that the API's result does not say: the photo and the words. Kept from one tab to
 * the next and over a reload; without it a scan is shown all the same.
 */
export interface RememberedJob {
  readonly jobId: string;
  readonly imageUrl: string;
  readonly question: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly isOver: boolean;
}

const key = "eco2 scans";
const rememberedMax = 30;
/** A scan that has not ended by then has done so elsewhere. */
const runningMsMax = 10 * 60_000;

export function rememberJob(job: RememberedJob): void {
  const others = read().filter(({ jobId }) => jobId !== job.jobId);
  write([job, ...others].slice(0, rememberedMax));
}

export function recallJob(jobId: string): RememberedJob | undefined {
  return read().find((job) => job.jobId === jobId);
}

export function markOver(jobId: string): void {
  write(read().map((job) => (job.jobId === jobId ? { ...job, isOver: true } : job)));
}

/** The newest scan that may still run. */
export function runningJob(): RememberedJob | undefined {
  return read().find(({ isOver, at }) => !isOver && Date.now() - at < runningMsMax);
}

/** At the end of a session: the next user of this browser is somebody else. */
export function forgetEverything(): void {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("eco2 ")) localStorage.removeItem(name);
  }
}

function read(): RememberedJob[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

function write(jobs: readonly RememberedJob[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(jobs));
  } catch {
    // Full or forbidden: then a reload shows the answer without its photo.
  }
}
