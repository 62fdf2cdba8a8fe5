import { expect, test } from "bun:test";
import { type FinishedScan, type ListScansDeps, listScans } from "./list-scans.ts";

function scan(n: number): FinishedScan {
  return {
    jobId: `job-${n}`,
    status: "failed",
    imageUrl: "https://cdn.example.com/a.jpg",
    userInput: "이거?",
    result: { status: "failed", vision: null, answer: null, reward: null, error: null },
    submittedAt: new Date(n * 1_000),
    finishedAt: new Date(n * 1_000 + 500),
  };
}

/** Five scans, job-5 the newest. */
const deps: ListScansDeps = {
  finishedScans: async (_, { before }, limit) =>
    [5, 4, 3, 2, 1]
      .map(scan)
      .filter(({ jobId }) => before === undefined || jobId < before)
      .slice(0, limit),
};

test("pages follow each other without a gap, and the last one says so", async () => {
  const seen: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listScans(deps, "u", { cursor, limit: 2 });
    seen.push(page.items.map(({ job_id }) => job_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && seen.length < 9);
  expect(seen).toEqual([["job-5", "job-4"], ["job-3", "job-2"], ["job-1"]]);
});

test("a page that holds exactly the rest has no next one", async () => {
  const page = await listScans(deps, "u", { cursor: undefined, limit: 5 });
  expect([page.items.length, page.next_cursor]).toEqual([5, null]);
});

test("a scan that failed before its photo was classified is listed with null categories", async () => {
  const { items } = await listScans(deps, "u", { cursor: undefined, limit: 1 });
  expect(items).toEqual([
    {
      job_id: "job-5",
      status: "failed",
      image_url: "https://cdn.example.com/a.jpg",
      user_input: "이거?",
      major_category: null,
      middle_category: null,
      minor_category: null,
      reward: null,
      submitted_at: "1970-01-01T00:00:05.000Z",
      finished_at: "1970-01-01T00:00:05.500Z",
    },
  ]);
});
