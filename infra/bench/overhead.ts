import { createBench } from "./bench.ts";
import { atLeast, atMost, barChart, costTable, figuresOf, runBars } from "./figures.ts";
import { drainText, rate, startDraining, workerCpuMs } from "./overhead-measure.ts";

/** What is left of a scan when models cost nothing, at full semantics. */
export const overhead = createBench({
  name: "overhead",
  measures:
    "one worker process drains queued scans with a model that answers at once: every confirm, " +
    "checkpoint and event, the match, both rows of the grant, and the stored result",
  steps: {
    // Compiling what runs often takes Bun a quarter of the worker's CPU in the first 10,000, a tenth in the second
    // and 2 % after 40,000.
    full: [{ workers: 1, jobs: 10_000, warmUpJobs: 40_000 }],
    quick: [{ workers: 1, jobs: 200, warmUpJobs: 50 }],
  },
  start: startDraining,
  summary: drainText,
  figures: (measured) => {
    const drains = measured.flatMap(({ runs }) => runs);
    const figure = figuresOf(drains);
    return {
      figures: [
        figure("scans drained by one worker process", "jobs/s", rate, atLeast(900, 1_500)),
        figure("CPU of the worker a job", "ms", workerCpuMs, atMost(1, 0.6)),
      ],
      charts: [barChart("Scans drained", "run", "jobs/s", [runBars("jobs/s", drains, rate)])],
      costs: [costTable("CPU and memory while draining", "job", drains)],
    };
  },
});
