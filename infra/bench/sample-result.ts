import type { Result } from "./result.ts";

/** Made up, for tests: one result with everything that can be shown, and hostile text in it. */
export const hostile = `<b>"x" & 'y'</b>|`;

export const sampleResult: Result = {
  name: "sample",
  measures: `Nothing ${hostile} real.`,
  command: "bun run bench sample",
  takenAt: "2026-01-02T03:04:05.678Z",
  tookS: 12.3,
  runs: 3,
  quick: false,
  commit: "abc1234",
  machine: {
    cores: 2,
    cpu: "Some CPU",
    memoryGb: 8.3,
    os: "Debian GNU/Linux 12",
    kernel: "6.1.0",
    versions: { bun: "1.4.5", postgres: "15.13", redis: "7.0.15", rabbitmq: "3.10.8" },
  },
  loadBefore: [0.5, 0.25, 1],
  figures: [
    {
      label: "meets both",
      unit: "jobs/s",
      runs: [1_600, 1_500, 1_700],
      must: { atLeast: 900 },
      aim: { atLeast: 1_600 },
    },
    {
      label: "meets must only",
      unit: "ms",
      runs: [0.7, 0.5, 0.8],
      must: { atMost: 1 },
      aim: { atMost: 0.6 },
    },
    { label: "meets none", unit: "MB", runs: [301], must: { atMost: 300 } },
    { label: "is not bounded", unit: "a job", runs: [6, 6, 6] },
    { label: `was not measured ${hostile}`, unit: "s", runs: [], must: { atMost: 10 } },
  ],
  charts: [
    {
      title: `Latency ${hostile}`,
      kind: "line",
      x: { label: "users", isLog: true },
      y: { label: "seconds" },
      series: [
        { name: "p50", points: [250, 500, 1_000, 5_000].map((x) => ({ x, y: x / 1_000 })) },
        { name: `p95 ${hostile}`, points: [{ x: 250, y: 0.7 }] },
      ],
    },
    {
      title: "Throughput",
      kind: "bar",
      x: { label: "chain" },
      y: { label: "jobs/s" },
      series: [{ name: "jobs/s", points: [...["ours", hostile]].map((x) => ({ x, y: 1_234 })) }],
    },
  ],
  costs: [
    {
      title: "While draining",
      per: "job",
      rows: [
        { process: "worker", cpuMs: [0.6, 0.5, 0.7], peakMb: [150.4, 151, 149] },
        { process: hostile, cpuMs: [0.2, 0.2, 0.2], peakMb: [60, 61, 60] },
      ],
    },
  ],
};
