import { createBench } from "./bench.ts";
import { overheadFigures } from "./overhead-figures.ts";
import { drainText, startDraining } from "./overhead-measure.ts";

/** What is left of a scan when models cost nothing, at full semantics. */
export const overhead = createBench({
  name: "overhead",
  measures:
    "one worker process drains queued scans with a model that answers at once: every confirm, " +
    "checkpoint and event, the match, both rows of the grant, and the stored result",
  steps: {
    // The second 10,000 are a tenth faster than the first: by then all code is compiled.
    full: [{ workers: 1, jobs: 10_000, warmUpJobs: 10_000 }],
    quick: [{ workers: 1, jobs: 200, warmUpJobs: 50 }],
  },
  start: startDraining,
  summary: drainText,
  figures: overheadFigures,
});
