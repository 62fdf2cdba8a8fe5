import { useState } from "preact/hooks";
import { eco2 } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { locate } from "./locate.ts";
import { linkTo, words } from "./page-words.ts";
import { type Place, PlaceItem } from "./place-item.tsx";
import { messageOf } from "./trouble.tsx";

type State =
  | { readonly step: "idle" | "finding" | "denied" }
  | { readonly step: "failed"; readonly error: unknown }
  | { readonly step: "found"; readonly places: readonly Place[] };

/** The nearest places that take what was scanned, once the user asks for them. */
export function NearbyPlaces({ jobId }: { jobId: string }) {
  const [state, setState] = useState<State>({ step: "idle" });

  async function find(): Promise<void> {
    setState({ step: "finding" });
    const at = await locate();
    if (!at) return setState({ step: "denied" });
    try {
      const { nearby } = await eco2.result(jobId, { at });
      setState({ step: "found", places: nearby ?? [] });
    } catch (error) {
      setState({ step: "failed", error });
    }
  }

  return (
    <section class="card nearby" aria-labelledby="nearby-title">
      <h3 id="nearby-title">{words.nearby.title}</h3>
      <p role="status" class="quiet">
        {state.step === "finding" && words.nearby.finding}
        {state.step === "denied" && words.nearby.denied}
        {state.step === "failed" && messageOf(state.error)}
        {state.step === "found" && state.places.length === 0 && words.nearby.none}
      </p>
      {state.step === "found" && (
        <ul class="places">
          {state.places.map((place) => (
            <PlaceItem key={place.id} place={place} />
          ))}
        </ul>
      )}
      <div class="row">
        {state.step !== "found" && (
          <button
            type="button"
            class="button"
            disabled={state.step === "finding"}
            onClick={() => void find()}
          >
            <Icon name="here" />
            {words.nearby.find}
          </button>
        )}
        <a class="button" href={linkTo("places")}>
          <Icon name="places" />
          {words.nearby.all}
        </a>
      </div>
      <p class="quiet small">{words.nearby.note}</p>
    </section>
  );
}
