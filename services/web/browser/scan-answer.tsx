import { useEffect, useRef, useState } from "preact/hooks";
import type { ScanResult } from "#lib/client/create-client.ts";
import { type AnswerParts, answerParts } from "./answer-parts.ts";
import { FeedbackForm } from "./feedback-form.tsx";
import { Icon } from "./icon.tsx";
import type { RememberedJob } from "./job-memory.ts";
import { MaterialQuestion } from "./material-question.tsx";
import { NearbyPlaces } from "./nearby-places.tsx";
import { answerLanguage, categoryName, words } from "./page-words.ts";
import { RewardCard } from "./reward-card.tsx";

interface ScanAnswerProps {
  readonly result: ScanResult;
  readonly output: NonNullable<ScanResult["pipeline_result"]>;
  readonly job: RememberedJob | undefined;
  onMaterial(hint: string): void;
  onAgain(): void;
}

/** What was found out: safety first, then the steps, then what is still to do. */
export function ScanAnswer({ result, output, job, onMaterial, onAgain }: ScanAnswerProps) {
  const parts = answerParts(output);
  const title = useRef<HTMLHeadingElement>(null);
  // Who listens has heard of the stages; this is what they were waiting for.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <article class="card answer" aria-labelledby="answer-title">
        {job && <img class="asked" src={job.imageUrl} alt={words.answer.photo} />}
        <p class="eyebrow">
          {[parts.major, parts.material]
            .filter((name) => name !== undefined)
            .map(categoryName)
            .join(" › ")}
        </p>
        <h2
          id="answer-title"
          ref={title}
          tabIndex={-1}
          lang={parts.name ? answerLanguage : undefined}
        >
          {parts.name ?? categoryName(parts.material ?? parts.major)}
        </h2>
        {job?.question && <p class="quiet small">{`${words.answer.asked}: ${job.question}`}</p>}
        {answerLanguage && <p class="quiet small">{words.answer.koreanOnly}</p>}
        <p lang={answerLanguage} class="summary">
          {parts.summary}
        </p>
        {parts.safety.length > 0 && <Safety sentences={parts.safety} />}
        {parts.isEstimate && job && (
          <MaterialQuestion question={parts.question} onMaterial={onMaterial} />
        )}
        <Steps steps={parts.steps} />
        {parts.todo.length > 0 && <Todo sentences={parts.todo} />}
        <Details parts={parts} />
      </article>
      {result.reward && <RewardCard reward={result.reward} />}
      <FeedbackForm jobId={result.task_id} />
      <NearbyPlaces jobId={result.task_id} />
      <button type="button" class="button strong wide again" onClick={onAgain}>
        <Icon name="scan" />
        {words.answer.again}
      </button>
    </>
  );
}

function Safety({ sentences }: { sentences: readonly string[] }) {
  return (
    <section class="safety" aria-labelledby="safety-title">
      <h3 id="safety-title">
        <Icon name="warning" />
        {words.answer.safety}
      </h3>
      <ul lang={answerLanguage}>
        {sentences.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}

function Steps({ steps }: Pick<AnswerParts, "steps">) {
  return (
    <section aria-labelledby="steps-title">
      <h3 id="steps-title">{words.answer.steps}</h3>
      <ol class="steps" lang={answerLanguage}>
        {steps.map(({ text, icon }) => (
          <li key={text}>
            <Icon name={icon} />
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Todo({ sentences }: { sentences: readonly string[] }) {
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const toggle = (sentence: string) => {
    const rest = new Set(done);
    if (!rest.delete(sentence)) rest.add(sentence);
    setDone(rest);
  };
  return (
    <section class="todo" aria-labelledby="todo-title">
      <h3 id="todo-title">{words.answer.todo}</h3>
      <ul>
        {sentences.map((one) => (
          <li key={one}>
            <label>
              <input type="checkbox" checked={done.has(one)} onChange={() => toggle(one)} />
              <span lang={answerLanguage}>{one}</span>
            </label>
          </li>
        ))}
      </ul>
      <p role="status" class="good">
        {done.size === sentences.length && words.answer.todoDone}
      </p>
    </section>
  );
}

function Details({ parts: { notHere, source } }: { parts: AnswerParts }) {
  return (
    <>
      {notHere.length > 0 && (
        <details>
          <summary>{words.answer.notHere}</summary>
          <ul lang={answerLanguage}>
            {notHere.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
      {source && (
        <p class="small quiet">
          {words.answer.source}:{" "}
          <a href={source.url} rel="noreferrer" target="_blank" lang={answerLanguage}>
            {source.title}
          </a>
        </p>
      )}
    </>
  );
}
