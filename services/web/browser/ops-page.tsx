import { Eco2Error } from "#lib/client/eco2-error.ts";
import { fill } from "../words/words.ts";
import { OpsCharts } from "./ops-charts.tsx";
import { OpsJob } from "./ops-job.tsx";
import { OpsLetters } from "./ops-letters.tsx";
import { OpsTables } from "./ops-tables.tsx";
import { ops } from "./ops-words.ts";
import { locale, words } from "./page-words.ts";
import { startPage } from "./start-page.tsx";
import { Trouble } from "./trouble.tsx";
import { useSystem } from "./use-system.ts";

/** The running system, for administrators. */
function OpsPage() {
  const { history, error, isLost, reload } = useSystem();
  if (error instanceof Eco2Error && error.code === "FORBIDDEN") {
    return <p class="card">{ops.system.forbidden}</p>;
  }
  if (error) return <Trouble error={error} onRetry={reload} />;
  const now = history.at(-1);
  if (!now) return <div class="skeleton" role="status" aria-label={words.site.loading} />;
  const time = new Date(now.at).toLocaleTimeString(locale);
  return (
    <div class="ops">
      <p class={isLost ? "bad" : "quiet small"}>
        {isLost ? ops.system.lost : fill(ops.system.live, { time })}
      </p>
      <OpsCharts history={history} />
      <OpsTables now={now} />
      <OpsLetters queues={now.queues} />
      <OpsJob />
    </div>
  );
}

startPage(OpsPage);
