import { dataOf } from "#lib/client/calls.ts";
import { fill } from "../words/words.ts";
import { eco2 } from "./eco2.ts";
import { answerLanguage, categoryName, dateText, words } from "./page-words.ts";
import { startPage } from "./start-page.tsx";
import { Trouble } from "./trouble.tsx";
import { useLoaded } from "./use-loaded.ts";

/** The catalogue with what the user has of it. */
async function load() {
  const [catalog, mine] = await Promise.all([
    eco2.api.GET("/api/v1/character/catalog"),
    eco2.api.GET("/api/v1/users/me/characters"),
  ]);
  const owned = new Map(dataOf(mine).characters.map((one) => [one.code, one.acquired_at]));
  return dataOf(catalog)
    .characters.map((one) => ({ ...one, acquiredAt: owned.get(one.code) }))
    .toSorted((a, b) => Number(b.acquiredAt !== undefined) - Number(a.acquiredAt !== undefined));
}

type Character = Awaited<ReturnType<typeof load>>[number];

/** Every character there is: those the user has met, and how to meet the others. */
function CollectionPage() {
  const [loaded, reload] = useLoaded(load);
  if (loaded.state === "failed") return <Trouble error={loaded.error} onRetry={reload} />;
  if (loaded.state === "loading") {
    return <div class="skeleton" role="status" aria-label={words.site.loading} />;
  }
  const characters = loaded.value;
  const all = characters.length;
  const n = characters.filter(({ acquiredAt }) => acquiredAt !== undefined).length;
  return (
    <>
      <section class="card progress">
        <p id="progress-text">
          <strong>{fill(words.cards.progress, { n, all })}</strong>
          {n === all && <span class="good"> {words.cards.complete}</span>}
        </p>
        <progress value={n} max={all} aria-labelledby="progress-text" />
      </section>
      <ul class="characters">
        {characters.map((one) => (
          <CharacterCard key={one.code} character={one} />
        ))}
      </ul>
    </>
  );
}

function CharacterCard({ character }: { character: Character }) {
  const { name, dialog, match_label: material, image_url: image, acquiredAt } = character;
  const isMet = acquiredAt !== undefined;
  return (
    <li class="card character" data-met={isMet ? "" : undefined}>
      <img src={image} alt="" width="128" height="128" loading="lazy" />
      <span class="badge plain">{material ? categoryName(material) : words.cards.everybody}</span>
      <h2 lang={answerLanguage}>{name}</h2>
      {isMet ? (
        <>
          <p lang={answerLanguage} class="small">
            {dialog}
          </p>
          <p class="quiet small">{fill(words.cards.since, { date: dateText(acquiredAt) })}</p>
        </>
      ) : (
        <p class="quiet small">{words.cards.toEarn}</p>
      )}
    </li>
  );
}

startPage(CollectionPage);
