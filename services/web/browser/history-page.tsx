import { useEffect, useState } from "preact/hooks";
import type { paths } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { Eco2Error } from "#lib/client/eco2-error.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { EmptyNote } from "./empty-note.tsx";
import { Icon } from "./icon.tsx";
import { answerLanguage, categoryName, dayAndTime, linkTo, words } from "./page-words.ts";
import { startPage } from "./start-page.tsx";
import { Trouble } from "./trouble.tsx";

type Page = paths["/api/v1/scan"]["get"]["responses"][200]["content"]["application/json"];
type Entry = Page["items"][number];

const seenKey = "eco2 history";

/** What the user has scanned, newest first; without a network what was seen of it last. */
function HistoryPage() {
  const [items, setItems] = useState<readonly Entry[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();
  const [isSeenBefore, setSeenBefore] = useState(false);

  async function load(after?: string): Promise<void> {
    setError(undefined);
    try {
      const query = after === undefined ? {} : { cursor: after };
      const page = dataOf(await eco2.api.GET("/api/v1/scan", { params: { query } }));
      setItems((before = []) => [...(after === undefined ? [] : before), ...page.items]);
      setCursor(page.next_cursor);
      setSeenBefore(false);
      if (after === undefined) localStorage.setItem(seenKey, JSON.stringify(page.items));
    } catch (problem) {
      const isOffline = problem instanceof Eco2Error && problem.code === "NETWORK";
      const seen = isOffline ? localStorage.getItem(seenKey) : null;
      if (seen === null || after !== undefined) return setError(problem);
      setItems(JSON.parse(seen));
      setSeenBefore(true);
    }
  }

  useEffect(() => {
    void load();
    const again = () => void load();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);

  if (error !== undefined && !items) return <Trouble error={error} onRetry={() => void load()} />;
  if (!items) return <div class="skeleton" role="status" aria-label={words.site.loading} />;
  if (items.length === 0) {
    return <EmptyNote title={words.list.emptyTitle} lead={words.list.emptyLead} />;
  }
  return (
    <>
      {isSeenBefore && (
        <p role="status" class="quiet">
          {words.list.seenOffline}
        </p>
      )}
      <ul class="entries">
        {items.map((entry) => (
          <HistoryEntry key={entry.job_id} entry={entry} />
        ))}
      </ul>
      {error !== undefined && <Trouble error={error} />}
      {cursor && (
        <button type="button" class="button wide" onClick={() => void load(cursor)}>
          {words.list.more}
        </button>
      )}
    </>
  );
}

function HistoryEntry({ entry }: { entry: Entry }) {
  const { major_category: major, middle_category: middle, minor_category: name, reward } = entry;
  const category = middle ?? major;
  const title = entry.status === "failed" ? words.list.failed : (name ?? words.list.unknown);
  const [isPhotoGone, setPhotoGone] = useState(false);
  return (
    <li class="card entry">
      <a href={`${linkTo("scan")}#job=${entry.job_id}`}>
        {isPhotoGone ? (
          <span class="photo">
            <Icon name="image" />
          </span>
        ) : (
          <img
            class="photo"
            src={entry.image_url}
            alt=""
            loading="lazy"
            onError={() => setPhotoGone(true)}
          />
        )}
        <span class="about">
          <span class="eyebrow">{category ? categoryName(category) : ""}</span>
          <strong lang={name ? answerLanguage : undefined}>{title}</strong>
          <time class="quiet small" dateTime={entry.submitted_at}>
            {dayAndTime(entry.submitted_at)}
          </time>
          {reward?.received && (
            <span class="badge good">{fill(words.list.earned, { name: reward.name })}</span>
          )}
        </span>
      </a>
    </li>
  );
}

startPage(HistoryPage);
