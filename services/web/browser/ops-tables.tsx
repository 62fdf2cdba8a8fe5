import { fill } from "../words/words.ts";
import { OpsTable } from "./ops-table.tsx";
import { ops } from "./ops-words.ts";
import { dayAndTime, locale } from "./page-words.ts";
import type { System } from "./use-system.ts";

type Figures = NonNullable<System["figures"]>;

/** The system at this moment, figure by figure. */
export function OpsTables({ now: { queues, retries, figures } }: { now: System }) {
  const { queues: q, latencies: l, processes: p } = ops;
  return (
    <>
      <OpsTable
        id="queues"
        title={q.title}
        head={[q.queue, q.ready, q.unacked, q.consumers, q.dead, q.archived]}
        rows={queues?.map((one) => [
          one.task,
          one.ready,
          one.unacked ?? "–",
          one.consumers,
          one.dead,
          one.archived,
        ])}
      />
      <OpsTable
        id="retries"
        title={q.retry}
        head={[q.queue, q.messages]}
        rows={retries?.map(({ queue, messages }) => [queue, messages])}
      />
      <Models figures={figures} />
      <OpsTable
        id="latencies"
        title={l.title}
        head={[l.what, l.count, l.median, l.slow]}
        rows={figures?.latencies
          .filter(({ count }) => count > 0)
          .map(({ what, of, count, p50_ms, p95_ms }) => [
            what === of ? l[what] : `${l[what]}: ${of}`,
            count,
            msText(p50_ms),
            msText(p95_ms),
          ])}
      />
      <OpsTable
        id="processes"
        title={p.title}
        head={[p.name, p.version, p.since]}
        rows={figures?.processes.map(({ process, version, started_at }) => [
          process,
          version,
          dayAndTime(started_at),
        ])}
      />
    </>
  );
}

function Models({ figures }: { figures: Figures | null }) {
  const { models: m } = ops;
  const { called = 0, cached = 0, shared = 0 } = figures?.vision ?? {};
  const saved = cached + shared;
  return (
    <>
      <OpsTable
        id="models"
        title={m.title}
        head={[m.model, m.calls, m.failed, m.refused, m.breaker, m.permits, m.cost, m.total]}
        rows={figures?.models.map((one) => [
          one.model,
          one.calls_per_min,
          one.failed_per_min,
          one.not_permitted_per_min,
          <span key="breaker" class={one.breaker === "closed" ? "badge good" : "badge"}>
            {m[one.breaker]}
          </span>,
          `${one.permits} (${one.in_flight} · ${one.waiting})`,
          dollarText(one.cost_per_min),
          dollarText(one.cost),
        ])}
      />
      {figures && (
        <p class="quiet">{fill(m.saved, { all: called + saved, saved, cached, shared })}</p>
      )}
    </>
  );
}

function dollarText(amount: number): string {
  const style = { style: "currency", currency: "USD", maximumSignificantDigits: 3 } as const;
  return amount.toLocaleString(locale, style);
}

function msText(ms: number | null): string {
  return ms === null ? "–" : `${ms.toLocaleString(locale)} ms`;
}
