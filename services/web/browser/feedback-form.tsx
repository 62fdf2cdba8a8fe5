import { useState } from "preact/hooks";
import type { paths } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { eco2 } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { categoryName, words } from "./page-words.ts";
import { messageOf } from "./trouble.tsx";

type Feedback =
  paths["/api/v1/scan/{job_id}/feedback"]["post"]["requestBody"]["content"]["application/json"];

const noteCharsMax = 500;
const categories = Object.keys(words.category).filter(
  (name) => name !== "재활용폐기물" && name !== "미분류",
);

/** Whether the answer was right, and what would have been. */
export function FeedbackForm({ jobId }: { jobId: string }) {
  const [state, setState] = useState<"ask" | "wrong" | "sending" | "thanks">("ask");
  const [error, setError] = useState<unknown>();

  async function give(feedback: Feedback): Promise<void> {
    const before = state;
    setState("sending");
    setError(undefined);
    try {
      const params = { path: { job_id: jobId } };
      dataOf(await eco2.api.POST("/api/v1/scan/{job_id}/feedback", { params, body: feedback }));
      setState("thanks");
    } catch (problem) {
      setError(problem);
      setState(before);
    }
  }

  const isBusy = state === "sending";
  return (
    <section class="card feedback" aria-labelledby="feedback-title">
      <h3 id="feedback-title">{words.feedback.title}</h3>
      {(state === "ask" || isBusy) && (
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() => void give({ verdict: "right" })}
          >
            <Icon name="yes" />
            {words.feedback.right}
          </button>
          <button type="button" class="button" disabled={isBusy} onClick={() => setState("wrong")}>
            <Icon name="no" />
            {words.feedback.wrong}
          </button>
        </div>
      )}
      {state === "wrong" && <WrongForm onGive={(feedback) => void give(feedback)} />}
      <p role="status">{state === "thanks" && words.feedback.thanks}</p>
      {error !== undefined && (
        <p role="alert" class="bad">
          {messageOf(error)}
        </p>
      )}
    </section>
  );
}

function WrongForm({ onGive }: { onGive: (feedback: Feedback) => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        const category = given.get("category") as Feedback["category"];
        const note = String(given.get("note") ?? "").trim();
        onGive({ verdict: "wrong", ...(category && { category }), ...(note && { note }) });
      }}
    >
      <label for="right-category">{words.feedback.category}</label>
      <select id="right-category" name="category">
        <option value="">{words.feedback.categoryNone}</option>
        {categories.map((name) => (
          <option key={name} value={name}>
            {categoryName(name)}
          </option>
        ))}
      </select>
      <label for="feedback-note">{words.feedback.note}</label>
      <textarea id="feedback-note" name="note" rows={2} maxLength={noteCharsMax} />
      <button type="submit" class="button strong">
        {words.feedback.send}
      </button>
    </form>
  );
}
