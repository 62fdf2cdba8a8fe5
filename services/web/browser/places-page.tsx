import { useEffect, useState } from "preact/hooks";
import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { locate } from "./locate.ts";
import type { Point } from "./map-scale.ts";
import { words } from "./page-words.ts";
import { type Place, PlaceItem } from "./place-item.tsx";
import { markOf, PlaceMap } from "./place-map.tsx";
import { readAccount } from "./read-account.ts";
import { startPage } from "./start-page.tsx";
import { Trouble } from "./trouble.tsx";

/** What is asked: words, or a position. */
type Question = { readonly q: string } | { readonly at: Point };
type Pickup = keyof typeof words.pickup;

/** Metres. */
const radius = "20000";
const shownMax = "30";

/** Places to hand things in: by a name or an area, or around the user. */
function PlacesPage() {
  const [question, setQuestion] = useState<Question>();
  const [pickup, setPickup] = useState<Pickup | "">("");
  const [isOpenNow, setOpenNow] = useState(false);
  const [found, setFound] = useState<readonly Place[]>();
  const [error, setError] = useState<unknown>();
  const [said, setSaid] = useState<string>(words.map.start);
  // Whether anybody is signed in is known before they have typed.
  useEffect(() => void readAccount().catch(setError), []);

  useEffect(() => {
    if (!question) return;
    const leaving = new AbortController();
    setSaid(words.nearby.finding);
    search(question, leaving.signal).then(
      (places) => {
        setFound(places);
        setError(undefined);
      },
      (problem) => !leaving.signal.aborted && setError(problem),
    );
    return () => leaving.abort();
  }, [question]);

  async function searchHere(): Promise<void> {
    setSaid(words.nearby.finding);
    const at = await locate();
    if (at) setQuestion({ at });
    else setSaid(words.nearby.denied);
  }

  const shown = found?.filter(
    (place) =>
      (pickup === "" || place.pickup_categories.includes(pickup)) &&
      (!isOpenNow || place.is_open === true),
  );
  if (error !== undefined) return <Trouble error={error} onRetry={() => setError(undefined)} />;
  return (
    <>
      <section class="card finder">
        <SearchForm onSearch={(q) => setQuestion({ q })} onHere={() => void searchHere()} />
        <div class="filters">
          <label for="pickup">{words.map.filter}</label>
          <select
            id="pickup"
            value={pickup}
            onChange={({ currentTarget }) => setPickup(currentTarget.value as Pickup | "")}
          >
            <option value="">{words.map.all}</option>
            {Object.entries(words.pickup).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
          <label class="check">
            <input
              type="checkbox"
              checked={isOpenNow}
              onChange={({ currentTarget }) => setOpenNow(currentTarget.checked)}
            />
            {words.map.openNow}
          </label>
        </div>
        <p role="status" class="quiet">
          {shown === undefined ? said : fill(words.map.results, { n: shown.length })}
        </p>
      </section>
      {shown?.length === 0 && (
        <div class="card empty">
          <h2>{words.map.empty}</h2>
          <p class="quiet">{words.map.emptyLead}</p>
        </div>
      )}
      {shown && shown.length > 0 && (
        <div class="found">
          <ul class="places">
            {shown.map((place, i) => (
              <PlaceItem key={place.id} place={place} mark={markOf(i)} />
            ))}
          </ul>
          <PlaceMap places={shown} me={question && "at" in question ? question.at : undefined} />
        </div>
      )}
    </>
  );
}

function SearchForm(props: { onSearch: (q: string) => void; onHere: () => void }) {
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const q = String(new FormData(event.currentTarget).get("q")).trim();
          if (q) props.onSearch(q);
        }}
      >
        <label for="q">{words.map.searchLabel}</label>
        <div class="line">
          <input
            id="q"
            name="q"
            type="search"
            maxLength={100}
            placeholder={words.map.searchPlaceholder}
          />
          <button type="submit" class="button strong">
            <Icon name="search" />
            {words.map.search}
          </button>
          <button type="button" class="button" onClick={props.onHere}>
            <Icon name="here" />
            {words.map.here}
          </button>
        </div>
      </form>
    </search>
  );
}

async function search(question: Question, signal: AbortSignal): Promise<readonly Place[]> {
  if ("q" in question) {
    const params = { query: { q: question.q } };
    return dataOf(await eco2.api.GET("/api/v1/locations/search", { params, signal })).centers;
  }
  const { lat, lon } = question.at;
  const query = { lat: String(lat), lon: String(lon), radius, limit: shownMax };
  return dataOf(await eco2.api.GET("/api/v1/locations/centers", { params: { query }, signal }))
    .centers;
}

startPage(PlacesPage);
