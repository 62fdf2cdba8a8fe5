import { useState } from "preact/hooks";
import type { components, paths } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { Rows } from "./ops-table.tsx";
import { ops } from "./ops-words.ts";
import { dayAndTime } from "./page-words.ts";
import { messageOf } from "./trouble.tsx";
import type { System } from "./use-system.ts";

type Plan = components["schemas"]["RedriveResult"];
type Letters = components["schemas"]["DeadLetters"]["dead_letters"];
type QueueName = paths["/api/v1/ops/dead-letters/{queue}"]["get"]["parameters"]["path"]["queue"];

const { letters: said } = ops;
const limits = [1, 10, 100];

/** Dead letters: what lies there, what a redrive costs, and only then the redrive. */
export function OpsLetters({ queues }: { queues: System["queues"] }) {
  const [queue, setQueue] = useState<QueueName>("dlq.scan.vision");
  const [limit, setLimit] = useState(10);
  const [shown, setShown] = useState<Letters>();
  const [plan, setPlan] = useState<Plan>();
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setNote("");
    try {
      await work();
    } catch (error) {
      setNote(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const forget = (): void => {
    setShown(undefined);
    setPlan(undefined);
    setNote("");
  };
  const show = () =>
    attempt(async () => {
      const params = { path: { queue }, query: { limit: String(limit) } };
      const got = await eco2.api.GET("/api/v1/ops/dead-letters/{queue}", { params });
      setShown(dataOf(got).dead_letters);
    });
  const redrive = (isDryRun: boolean) =>
    attempt(async () => {
      const got = await eco2.api.POST("/api/v1/ops/dead-letters/{queue}/redrive", {
        params: { path: { queue } },
        body: { dry_run: isDryRun, limit },
      });
      const result = dataOf(got);
      setPlan(isDryRun ? result : undefined);
      if (isDryRun) return;
      setShown(undefined);
      const counts = Object.entries(result.counts ?? {}).map(([what, n]) => `${what} ${n}`);
      setNote(counts.length > 0 ? fill(said.done, { counts: counts.join(", ") }) : said.nothing);
    });
  const confirmed = (): void => {
    if (!plan) return;
    if (confirm(fill(said.sure, { n: plan.messages.length, calls: callsOf(plan) }))) {
      void redrive(false);
    }
  };

  return (
    <section class="card" aria-labelledby="letters">
      <h2 id="letters">{said.title}</h2>
      <p class="quiet">{said.lead}</p>
      <div class="fields">
        <div>
          <label for="letters-queue">{said.queue}</label>
          <select
            id="letters-queue"
            value={queue}
            onChange={(event) => {
              const name = optionsOf(queues).find(([one]) => one === event.currentTarget.value);
              if (name) setQueue(name[0]);
              forget();
            }}
          >
            {optionsOf(queues).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for="letters-limit">{said.limit}</label>
          <select
            id="letters-limit"
            value={limit}
            onChange={(event) => {
              setLimit(Number(event.currentTarget.value));
              forget();
            }}
          >
            {limits.map((n) => (
              <option key={n}>{n}</option>
            ))}
          </select>
        </div>
      </div>
      <div class="row">
        <button type="button" class="button" disabled={isBusy} onClick={() => void show()}>
          {said.show}
        </button>
        <button type="button" class="button" disabled={isBusy} onClick={() => void redrive(true)}>
          {said.dryRun}
        </button>
        <button
          type="button"
          class="button strong"
          disabled={isBusy || !plan || plan.messages.length === 0}
          onClick={confirmed}
        >
          {said.redrive}
        </button>
      </div>
      <div role="status">
        {note && <p>{note}</p>}
        {plan && <PlanText plan={plan} />}
        {shown?.length === 0 && <p>{said.empty}</p>}
      </div>
      {shown && shown.length > 0 && <LetterRows letters={shown} />}
    </section>
  );
}

const callsOf = ({ calls }: Plan) => calls.vision + calls.answer;

function PlanText({ plan }: { plan: Plan }) {
  const { messages, refused, spared } = plan;
  return (
    <>
      <p>{fill(said.plan, { n: messages.length, calls: callsOf(plan), spared })}</p>
      {refused.length > 0 && <p>{fill(said.refused, { n: refused.length })}</p>}
    </>
  );
}

function LetterRows({ letters }: { letters: Letters }) {
  const rows = letters.map(({ job_id, code, reason, attempts, died_at }) => [
    job_id ? <a href={`#job=${job_id}`}>{job_id}</a> : "–",
    code ?? reason ?? "–",
    attempts,
    died_at ? dayAndTime(died_at) : "–",
  ]);
  return <Rows id="letters" head={[said.job, said.code, said.attempts, said.died]} rows={rows} />;
}

/** Each task's dead letters, and those that were put aside, with how many there are. */
function optionsOf(queues: System["queues"]): (readonly [QueueName, string])[] {
  return (queues ?? []).flatMap(({ task, dead, archived }) => [
    [`dlq.${task}`, `${task} (${dead})`] as const,
    [`archive.${task}`, `${fill(said.archive, { task })} (${archived})`] as const,
  ]);
}
