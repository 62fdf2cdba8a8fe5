import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { ScanResult } from "#lib/client/create-client.ts";
import { eco2 } from "./eco2.ts";
import { markOver, type RememberedJob, recallJob, rememberJob } from "./job-memory.ts";
import type { EndedStages } from "./stage-list.tsx";

/**
 * Where the page is with a scan. The job's id is in the address, so a reload, another tab and the way back are all the
 * same: the address says what to show.
 */
export type ScanStep =
  | { readonly step: "choosing"; readonly error?: unknown }
  | { readonly step: "sending" }
  | { readonly step: "following"; readonly jobId: string; readonly ended: EndedStages }
  | {
      readonly step: "over";
      readonly jobId: string;
      readonly result: ScanResult;
      /** Undefined for one of long ago that this browser has not seen. */
      readonly asked: RememberedJob | undefined;
    }
  | { readonly step: "failed"; readonly jobId: string; readonly error: unknown };

const none: EndedStages = new Set();

export function useScan() {
  const [scan, setScan] = useState<ScanStep>({ step: "choosing" });
  const following = useRef(new AbortController());

  /** Shows the job that the address names, from wherever it is. */
  const show = useCallback(async () => {
    following.current.abort();
    following.current = new AbortController();
    const { signal } = following.current;
    const jobId = jobInAddress();
    if (jobId === undefined) return setScan({ step: "choosing" });
    let ended = none;
    setScan({ step: "following", jobId, ended });
    try {
      for await (const { event, status } of eco2.follow(jobId, { signal })) {
        // The end says nothing that the result does not.
        if (status !== "completed" || event === "done") continue;
        ended = new Set([...ended, event]);
        setScan({ step: "following", jobId, ended });
      }
      const result = await eco2.result(jobId, { signal });
      markOver(jobId);
      setScan({ step: "over", jobId, result, asked: await findAsked(jobId) });
    } catch (error) {
      if (!signal.aborted) setScan({ step: "failed", jobId, error });
    }
  }, []);

  useEffect(() => {
    const { dataset } = document.documentElement;
    if (scan.step === "choosing" || scan.step === "sending") delete dataset.step;
    else dataset.step = scan.step;
    scrollTo({ top: 0 });
  }, [scan.step]);

  useEffect(() => {
    void show();
    addEventListener("popstate", show);
    return () => {
      removeEventListener("popstate", show);
      following.current.abort();
    };
  }, [show]);

  const goTo = useCallback(
    (jobId: string | undefined) => {
      history.pushState(null, "", jobId === undefined ? location.pathname : `#job=${jobId}`);
      void show();
    },
    [show],
  );

  const start = useCallback(
    async (photo: Blob | string, question: string, materialHint?: string) => {
      setScan({ step: "sending" });
      try {
        const { jobId, imageUrl } = await eco2.scan(photo, question, { materialHint });
        rememberJob({ jobId, imageUrl, question, at: Date.now(), isOver: false });
        goTo(jobId);
      } catch (error) {
        setScan({ step: "choosing", error });
      }
    },
    [goTo],
  );

  return { scan, start, retry: show, leave: () => goTo(undefined) };
}

const historyMax = "100";

/** The photo and the words of a scan: what this browser remembers, else what the history says. */
async function findAsked(jobId: string): Promise<RememberedJob | undefined> {
  const known = recallJob(jobId);
  if (known) return known;
  const { data } = await eco2.api
    .GET("/api/v1/scan", { params: { query: { limit: historyMax } } })
    .catch(() => ({ data: undefined }));
  const found = data?.items.find(({ job_id }) => job_id === jobId);
  const job = found && {
    jobId,
    imageUrl: found.image_url,
    question: found.user_input,
    at: Date.parse(found.submitted_at),
    isOver: true,
  };
  if (job) rememberJob(job);
  return job;
}

function jobInAddress(): string | undefined {
  return /^#job=([\da-f-]{36})$/.exec(location.hash)?.[1];
}

/** Ends a scan that is not wanted any more; its end comes as an event. Where this does not arrive, the scan goes on. */
export function cancelScan(jobId: string): void {
  const params = { path: { job_id: jobId } };
  eco2.api.DELETE("/api/v1/scan/{job_id}", { params }).catch(() => undefined);
}
