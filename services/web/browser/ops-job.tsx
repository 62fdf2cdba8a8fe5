import { useEffect, useState } from "preact/hooks";
import type { components } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { Rows } from "./ops-table.tsx";
import { ops } from "./ops-words.ts";
import { locale } from "./page-words.ts";
import { messageOf } from "./trouble.tsx";

type Timeline = components["schemas"]["JobTimeline"];
const { job: said } = ops;

const jobInAddress = () => /^#job=([\da-f-]{36})$/i.exec(location.hash)?.[1] ?? "";

/** One scan, stage by stage. The address says which, so that it can be handed on. */
export function OpsJob() {
  const [timeline, setTimeline] = useState<Timeline>();
  const [note, setNote] = useState("");
  const [id, setId] = useState(jobInAddress);

  const look = async (jobId: string): Promise<void> => {
    setNote("");
    setTimeline(undefined);
    try {
      const params = { path: { job_id: jobId } };
      setTimeline(dataOf(await eco2.api.GET("/api/v1/ops/jobs/{job_id}", { params })));
    } catch (error) {
      setNote(messageOf(error));
    }
  };
  useEffect(() => {
    const follow = (): void => {
      const jobId = jobInAddress();
      if (jobId === "") return;
      setId(jobId);
      void look(jobId);
    };
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  return (
    <section class="card" aria-labelledby="job">
      <h2 id="job">{said.title}</h2>
      <p class="quiet">{said.lead}</p>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          if (location.hash === `#job=${id}`) void look(id);
          else location.hash = `job=${id}`;
        }}
      >
        <div>
          <label for="job-id">{said.id}</label>
          <input
            id="job-id"
            value={id}
            onInput={(event) => setId(event.currentTarget.value.trim())}
            maxLength={36}
            pattern="[0-9a-fA-F\-]{36}"
            required
            autocomplete="off"
            spellcheck={false}
          />
        </div>
        <button type="submit" class="button strong">
          {said.look}
        </button>
      </form>
      <p role="status">{note}</p>
      {timeline && <Waterfall timeline={timeline} />}
    </section>
  );
}

function Waterfall({ timeline }: { timeline: Timeline }) {
  const { steps, status, model, submitted_at, finished_at } = timeline;
  const lastMs = Math.max(
    1,
    ...steps.map((one) => one.from_ms + one.waited_ms + (one.ran_ms ?? 0)),
  );
  const wholeMs = finished_at ? Date.parse(finished_at) - Date.parse(submitted_at) : lastMs;
  const whole = { status: said[status], ms: wholeMs.toLocaleString(locale), model: model ?? "–" };
  if (steps.length === 0) {
    return (
      <>
        <p>{fill(said.whole, whole)}</p>
        <p class="quiet">{said.forgotten}</p>
      </>
    );
  }
  const rows = steps.map((step) => [
    step.redrive > 0 ? `${step.stage} · ${fill(said.redrive, { n: step.redrive })}` : step.stage,
    step.waited_ms.toLocaleString(locale),
    step.ran_ms === null ? said.running : (step.code ?? step.ran_ms.toLocaleString(locale)),
    <Bar key="bar" step={step} lastMs={lastMs} />,
  ]);
  return (
    <>
      <p>{fill(said.whole, whole)}</p>
      <Rows
        id="job"
        head={[said.stage, `${said.waited}, ms`, `${said.ran}, ms`, said.timeline]}
        rows={rows}
      />
    </>
  );
}

/** What the numbers beside it say, drawn. */
function Bar({ step, lastMs }: { step: Timeline["steps"][number]; lastMs: number }) {
  const share = (ms: number) => (ms / lastMs) * 100;
  const ranFrom = step.from_ms + step.waited_ms;
  const ran = step.ran_ms ?? lastMs - ranFrom;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="waited" x={share(step.from_ms)} y="3" width={share(step.waited_ms)} height="4" />
      <rect
        class={step.code === null ? "ran" : "ran bad"}
        x={share(ranFrom)}
        y="0"
        width={Math.max(0.6, share(ran))}
        height="10"
      />
    </svg>
  );
}
