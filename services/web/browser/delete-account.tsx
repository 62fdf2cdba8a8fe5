import { useRef, useState } from "preact/hooks";
import { eco2, expectSuccess } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { forgetEverything } from "./job-memory.ts";
import { linkTo, words } from "./page-words.ts";
import { messageOf } from "./trouble.tsx";

/** Deletes the account, for whoever writes that they mean it. */
export function DeleteAccount() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>();
  const [isGone, setGone] = useState(false);

  async function remove(): Promise<void> {
    try {
      expectSuccess(await eco2.api.DELETE("/api/v1/users/me"));
      forgetEverything();
      dialog.current?.close();
      setGone(true);
      await eco2.signOut().catch(() => undefined);
    } catch (problem) {
      setError(problem);
    }
  }

  if (isGone) {
    return (
      <section class="card stack" role="status">
        <p>{words.me.deleted}</p>
        <a class="button" href={linkTo("scan")}>
          {words.list.start}
        </a>
      </section>
    );
  }
  return (
    <section class="card stack">
      <h2>{words.me.deleteTitle}</h2>
      <p class="quiet">{words.me.deleteLead}</p>
      <p>
        <button type="button" class="button danger" onClick={() => dialog.current?.showModal()}>
          <Icon name="bin" />
          {words.me.delete}
        </button>
      </p>
      <dialog ref={dialog} aria-labelledby="delete-title" class="card">
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void remove();
          }}
        >
          <h2 id="delete-title">{words.me.deleteTitle}</h2>
          <p>{words.me.deleteLead}</p>
          <label for="delete-word">{words.me.deleteConfirm}</label>
          <input
            id="delete-word"
            autocomplete="off"
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          {error !== undefined && (
            <p role="alert" class="bad">
              {messageOf(error)}
            </p>
          )}
          <div class="row">
            <button
              type="submit"
              class="button danger"
              disabled={typed.trim() !== words.me.deleteWord}
            >
              {words.me.deleteNow}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              {words.me.cancel}
            </button>
          </div>
        </form>
      </dialog>
    </section>
  );
}
