import type { StoredResult } from "#lib/scan/scan-result.ts";
import type { ScanPage, ScanSummary } from "./scan.ts";

export interface FinishedScan {
  readonly jobId: string;
  readonly status: "completed" | "failed";
  readonly imageUrl: string;
  readonly userInput: string;
  readonly result: StoredResult;
  readonly submittedAt: Date;
  readonly finishedAt: Date;
}

/** What of a history is asked for; each that is given narrows it. */
export interface HistoryFilter {
  readonly status?: FinishedScan["status"] | undefined;
  /** A major category, or the middle one of a recyclable. */
  readonly category?: string | undefined;
  /** Submitted then or later. */
  readonly from?: Date | undefined;
  /** Submitted earlier. */
  readonly to?: Date | undefined;
}

export interface ListScansDeps {
  /** Newest first; only those submitted before job `before`, when given. */
  finishedScans(
    userId: string,
    filter: HistoryFilter & { readonly before: string | undefined },
    limit: number,
  ): Promise<readonly FinishedScan[]>;
}

/** One page of the user's finished scans, newest first. */
export async function listScans(
  deps: ListScansDeps,
  userId: string,
  { cursor, limit, ...filter }: HistoryFilter & { cursor?: string | undefined; limit: number },
): Promise<ScanPage> {
  // One row more than the limit shows whether there is a next page.
  const found = await deps.finishedScans(userId, { ...filter, before: cursor }, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(summarize),
    next_cursor: found.length > limit && last ? last.jobId : null,
  };
}

function summarize(scan: FinishedScan): ScanSummary {
  const classification = scan.result.vision?.classification;
  return {
    job_id: scan.jobId,
    status: scan.status,
    image_url: scan.imageUrl,
    user_input: scan.userInput,
    major_category: classification?.major_category ?? null,
    middle_category: classification?.middle_category ?? null,
    minor_category: classification?.minor_category ?? null,
    reward: scan.result.reward,
    submitted_at: scan.submittedAt.toISOString(),
    finished_at: scan.finishedAt.toISOString(),
  };
}
