import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";
import { photoTypes } from "./photo-picker.tsx";
import { type Photo, type PhotoProblem, shrinkPhoto } from "./shrink-photo.ts";

/** As the API takes it at most. */
const messageCharsMax = 2_000;

interface ChatFormProps {
  /** An answer is being written: it can be stopped, and nothing else sent meanwhile. */
  readonly isBusy: boolean;
  onSend(message: string, photo: Blob | undefined): void;
  /** Undefined until the message has been accepted. */
  readonly onStop: (() => void) | undefined;
}

/** Where a message is written, with a photo if need be. Enter sends; Shift and Enter begin a line. */
export function ChatForm({ isBusy, onSend, onStop }: ChatFormProps) {
  const [text, setText] = useState("");
  const [photo, setPhoto] = useState<Photo>();
  const [problem, setProblem] = useState<PhotoProblem>();
  const files = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const url = photo?.previewUrl;
    return () => url && URL.revokeObjectURL(url);
  }, [photo]);

  function send(): void {
    const message = text.trim();
    if (isBusy || message === "") return;
    onSend(message, photo?.blob);
    setText("");
    setPhoto(undefined);
  }

  async function take(file: Blob | undefined): Promise<void> {
    if (!file) return;
    const taken = await shrinkPhoto(file);
    setProblem(typeof taken === "string" ? taken : undefined);
    if (typeof taken !== "string") setPhoto(taken);
  }

  return (
    <form
      class="card write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {photo && <Attached photo={photo} onRemove={() => setPhoto(undefined)} />}
      {problem && (
        <p role="alert" class="bad small">
          {words.picker[problem]}
        </p>
      )}
      <label for="message" class="hidden">
        {words.talk.label}
      </label>
      <input
        ref={files}
        type="file"
        hidden
        accept={photoTypes}
        onChange={({ currentTarget }) => void take(currentTarget.files?.[0])}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={words.talk.photo}
        onClick={() => files.current?.click()}
      >
        <Icon name="image" />
      </button>
      <textarea
        id="message"
        rows={1}
        maxLength={messageCharsMax}
        placeholder={words.talk.placeholder}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          // While a syllable is being put together, Enter ends it and nothing else.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <SendButton isBusy={isBusy} isEmpty={text.trim() === ""} onStop={onStop} />
    </form>
  );
}

function Attached({ photo, onRemove }: { photo: Photo; onRemove: () => void }) {
  return (
    <div class="attached">
      {photo.previewUrl ? (
        <img src={photo.previewUrl} alt={words.picker.preview} />
      ) : (
        <span>{words.picker.heic}</span>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={words.talk.removePhoto}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

interface SendButtonProps extends Pick<ChatFormProps, "isBusy" | "onStop"> {
  readonly isEmpty: boolean;
}

function SendButton({ isBusy, isEmpty, onStop }: SendButtonProps) {
  const { stop, send } = words.talk;
  return isBusy ? (
    <button
      type="button"
      class="icon-button strong"
      aria-label={stop}
      disabled={!onStop}
      onClick={onStop}
    >
      <Icon name="stop" />
    </button>
  ) : (
    <button type="submit" class="icon-button strong" aria-label={send} disabled={isEmpty}>
      <Icon name="send" />
    </button>
  );
}
