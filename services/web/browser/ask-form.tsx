import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";
import type { Photo } from "./shrink-photo.ts";

/** As the API takes it at most. */
const questionCharsMax = 1_000;

interface AskFormProps {
  readonly photo: Photo;
  readonly isSending: boolean;
  onSend(question: string): void;
  onRemove(): void;
}

/** The photo that was chosen, and what the user wants to know about it. */
export function AskForm({ photo, isSending, onSend, onRemove }: AskFormProps) {
  const [question, setQuestion] = useState("");
  const send = useRef<HTMLButtonElement>(null);
  // The picker has gone, and with it the focus: the next thing to do is here.
  useEffect(() => send.current?.focus({ preventScroll: true }), []);
  return (
    <form
      class="card ask"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(question);
      }}
    >
      <div class="shot">
        {photo.previewUrl ? (
          <img src={photo.previewUrl} alt={words.picker.preview} />
        ) : (
          <p class="no-preview">
            <Icon name="image" />
            {words.picker.heic}
          </p>
        )}
        <button type="button" class="button small-button" onClick={onRemove} disabled={isSending}>
          <Icon name="again" />
          {words.picker.remove}
        </button>
      </div>
      <label for="question">{words.ask.label}</label>
      <textarea
        id="question"
        rows={2}
        maxLength={questionCharsMax}
        placeholder={words.ask.placeholder}
        value={question}
        onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
      />
      <ul class="chips" aria-label={words.ask.examples}>
        {[words.ask.first, words.ask.second, words.ask.third].map((one) => (
          <li key={one}>
            <button type="button" class="chip" onClick={() => setQuestion(one)}>
              {one}
            </button>
          </li>
        ))}
      </ul>
      <button ref={send} type="submit" class="button strong wide" disabled={isSending}>
        <Icon name="leaf" />
        {isSending ? words.ask.sending : words.ask.send}
      </button>
    </form>
  );
}
