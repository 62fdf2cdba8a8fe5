import type { Bench, Outcome } from "./bench.ts";
import { costTable } from "./cost-table.ts";
import { type Drained, startWorkers } from "./drain.ts";
import { wipe } from "./servers.ts";

const jobs = { full: 10_000, quick: 200 };
/** The second 10,000 are a tenth faster than the first: by then all code is compiled. */
const warmUpJobs = { full: 10_000, quick: 50 };

/** What is left of a scan when models cost nothing, at full semantics. */
export const overhead: Bench = {
  name: "overhead",
  measures:
    "one worker process drains queued scans with a model that answers at once: every confirm, " +
    "checkpoint and event, the match, both rows of the grant, and the stored result",
  async run({ urls, services, runs, quick, say }): Promise<Outcome> {
    const size = quick ? "quick" : "full";
    await wipe(urls);
    const workers = await startWorkers(1, { urls, services });
    try {
      say(`warming up with ${warmUpJobs[size]} scans`);
      await workers.drain(warmUpJobs[size]);
      const drains: Drained[] = [];
      for (let run = 1; run <= runs; run++) {
        await wipe(urls);
        const drained = await workers.drain(jobs[size]);
        drains.push(drained);
        const rate = (drained.jobs / drained.seconds).toFixed(0);
        say(
          `run ${run} of ${runs}: ${drained.jobs} scans in ${drained.seconds.toFixed(1)} s, ${rate}/s`,
        );
      }
      return report(drains);
    } finally {
      await workers.stop();
    }
  },
};

function report(drains: readonly Drained[]): Outcome {
  const costs = costTable("CPU and memory while draining", "job", drains, ({ jobs }) => jobs);
  const ofWorker = costs.rows.find(({ process }) => process === "worker");
  return {
    figures: [
      {
        label: "scans drained by one worker process",
        unit: "jobs/s",
        runs: drains.map(({ jobs, seconds }) => jobs / seconds),
        must: { atLeast: 900 },
        aim: { atLeast: 1_500 },
      },
      {
        label: "CPU of the worker a job",
        unit: "ms",
        runs: ofWorker?.cpuMs ?? [],
        must: { atMost: 1 },
        aim: { atMost: 0.6 },
      },
    ],
    charts: [
      {
        title: "Scans drained",
        kind: "bar",
        x: { label: "run" },
        y: { label: "jobs/s" },
        series: [
          {
            name: "jobs/s",
            points: drains.map(({ jobs, seconds }, i) => ({
              x: `run ${i + 1}`,
              y: jobs / seconds,
            })),
          },
        ],
      },
    ],
    costs: [costs],
  };
}
