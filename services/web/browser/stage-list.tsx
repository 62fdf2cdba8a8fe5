import { useEffect, useRef } from "preact/hooks";
import { fill } from "../words/words.ts";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";

const STAGES = ["vision", "rule", "answer", "reward"] as const;
type Stage = (typeof STAGES)[number];

/** How far a scan is: the stages that have ended. */
export type EndedStages = ReadonlySet<string>;

interface StageListProps {
  readonly ended: EndedStages;
  readonly photoUrl: string | undefined;
  onCancel(): void;
}

/** The four stages, of which each lights up as its event comes. */
export function StageList({ ended, photoUrl, onCancel }: StageListProps) {
  const title = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  const running = STAGES.find((stage) => !ended.has(stage));
  const stateOf = (stage: Stage) =>
    ended.has(stage) ? "done" : stage === running ? "running" : "waiting";
  return (
    <section class="card stages" aria-labelledby="stages-title" aria-busy="true">
      {photoUrl && (
        <div class="looking">
          <img src={photoUrl} alt={words.answer.photo} />
        </div>
      )}
      <h2 id="stages-title" ref={title} tabIndex={-1}>
        {words.stages.title}
      </h2>
      <ol>
        {STAGES.map((stage) => (
          <li key={stage} data-stage={stage} data-state={stateOf(stage)}>
            <span class="dot">
              <Icon name={ended.has(stage) ? "check" : stage} />
            </span>
            <span class="name">{words.stages[stage]}</span>
            <span class="quiet small">{words.stages[`${stage}Note`]}</span>
            <span class="hidden">{words.stages[stateOf(stage)]}</span>
          </li>
        ))}
      </ol>
      <p role="status" class="hidden">
        {announcement(ended)}
      </p>
      <button type="button" class="button" onClick={onCancel}>
        {words.stages.cancel}
      </button>
    </section>
  );
}

function announcement(ended: EndedStages): string {
  const last = STAGES.findLast((stage) => ended.has(stage));
  if (!last) return words.stages.title;
  const percent = ((STAGES.indexOf(last) + 1) / STAGES.length) * 100;
  return fill(words.stages.announce, { stage: words.stages[last], percent });
}
