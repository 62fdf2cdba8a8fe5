import * as v from "valibot";

/** One metric of one process with one set of labels. */
export const Series = v.object({
  name: v.string(),
  labels: v.record(v.string(), v.string()),
  /** Of a gauge what it shows, of a counter and of a histogram the count since the process began. */
  value: v.number(),
  /** By how much a counter, or the count of a histogram, has grown within the window. */
  grown: v.optional(v.number(), 0),
  /** Of a histogram: upper bounds, rising, and how many more were below each within the window. */
  buckets: v.optional(v.array(v.tuple([v.number(), v.number()])), []),
});
export type Series = v.InferOutput<typeof Series>;

/**
 * What one process has measured, as it lies in Redis for the operator's page. Metrics of processes that are scraped are
 * the same numbers: this is for whoever has no Prometheus at hand.
 */
export const Figures = v.object({
  /** `worker`, `edge`, `scan` … */
  process: v.string(),
  version: v.string(),
  /** Milliseconds since the Unix epoch. */
  startedAt: v.number(),
  /** Seconds that `grown` covers. */
  windowS: v.number(),
  series: v.array(Series),
});
export type Figures = v.InferOutput<typeof Figures>;

/** Redis keys of them. */
export const figuresKeys = {
  /** Sorted set: processes by when they published last, by their own clock. */
  index: "ops:processes",
  figures: (instance: string) => `ops:figures:${instance}`,
} as const;
