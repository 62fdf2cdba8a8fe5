import { alignColumns } from "#lib/cli/align-columns.ts";
import { longestGap } from "./acceptance-gaps.ts";
import { endOf } from "./check-history.ts";
import type { Breach } from "./history.ts";
import type { Outcome } from "./run-scenario.ts";

/** One line of the final table. */
export function rowOf({ scenario, seed, history, breaches, durationMs }: Outcome) {
  const eventsOf = Map.groupBy(history.events, ({ jobId }) => jobId);
  const ended = history.jobs.map((job) => ({ job, end: endOf(eventsOf.get(job.id) ?? []) }));
  const count = (...guarantees: Breach["guarantee"][]): number =>
    breaches.filter(({ guarantee }) => guarantees.includes(guarantee)).length;
  return {
    scenario,
    seed,
    accepted: history.jobs.length,
    completed: ended.filter(({ end }) => end?.status === "completed").length,
    failedAsDesigned: ended.filter(
      ({ job, end }) => end?.status === "failed" && job.expected === "failed",
    ).length,
    lost: count("lost"),
    duplicates: count("duplicate"),
    paidTwice: count("paid"),
    sseBreaches: count("sse"),
    /** Breaches of every other guarantee. */
    other: breaches.length - count("lost", "duplicate", "paid", "sse"),
    /** Longest time in which no scan was accepted. */
    gapS: longestGap(history.acceptedAt) / 1_000,
    recoveryS: history.recoveryMs === undefined ? null : history.recoveryMs / 1_000,
    seconds: Math.round(durationMs / 1_000),
  };
}

/** As text in columns, with the sums below. */
export function table(rows: readonly ReturnType<typeof rowOf>[]): string {
  const names = Object.keys(rows[0] ?? {});
  // `paidTwice` → `paid twice`
  const headings = names.map((name) => name.replace(/[A-Z]/g, (one) => ` ${one.toLowerCase()}`));
  const cells = rows.map((row) => Object.values(row).map(cell));
  const totals = names.map((name, i) =>
    total(
      name,
      rows.map((row) => Object.values(row)[i]),
    ),
  );
  return alignColumns([headings, ...cells, totals]);
}

function cell(value: string | number | null): string {
  if (value === null) return "never";
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : String(value);
}

function total(name: string, values: readonly unknown[]): string {
  if (name === "scenario") return "in all";
  if (name === "seed") return "";
  const numbers = values.map(Number);
  // Of gaps and recoveries the worst counts, not their sum.
  return cell(
    /^(gap|recovery)S$/.test(name) ? Math.max(0, ...numbers) : numbers.reduce((a, b) => a + b, 0),
  );
}

const breachesShownMax = 20;

/** Every breach with its job, the first ones in full. */
export function describeBreaches({ scenario, seed, breaches, logFolder }: Outcome): string {
  const lines = breaches.slice(0, breachesShownMax).map(({ guarantee, jobId, detail }) => {
    const job = jobId ? ` job ${jobId}:` : "";
    return `BREACH ${scenario} seed ${seed}: ${guarantee}:${job} ${detail}`;
  });
  const hidden = breaches.length - lines.length;
  if (hidden > 0) lines.push(`  … and ${hidden} more`);
  return [...lines, `  logs: ${logFolder}`].join("\n");
}
