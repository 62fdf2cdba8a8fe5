import { createBench } from "./bench.ts";
import { drainText, startDraining } from "./overhead-measure.ts";
import { scalingFigures } from "./scaling-figures.ts";

const warmUpJobs = 1_000;

/** A backlog must drain at the cost of a short queue: nothing in the way of a scan may grow with it. */
export const scaling = createBench({
  name: "scaling",
  measures: "the same with 1 and 2 worker processes, and with a backlog of 10³ to 10⁵ scans",
  steps: {
    full: [
      { workers: 1, jobs: 1_000, warmUpJobs },
      { workers: 1, jobs: 10_000, warmUpJobs },
      { workers: 1, jobs: 100_000, warmUpJobs },
      { workers: 2, jobs: 1_000, warmUpJobs },
      { workers: 2, jobs: 10_000, warmUpJobs },
    ],
    quick: [
      { workers: 1, jobs: 100, warmUpJobs: 50 },
      { workers: 1, jobs: 200, warmUpJobs: 50 },
      { workers: 2, jobs: 100, warmUpJobs: 50 },
    ],
  },
  start: startDraining,
  summary: drainText,
  figures: scalingFigures,
});
