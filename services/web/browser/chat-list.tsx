import { useState } from "preact/hooks";
import { dataOf } from "#lib/client/calls.ts";
import { eco2, expectSuccess } from "./eco2.ts";
import { Icon } from "./icon.tsx";
import { dayAndTime, words } from "./page-words.ts";
import { isSignedOut, messageOf } from "./trouble.tsx";
import { useLoaded } from "./use-loaded.ts";

interface ChatListProps {
  readonly current: string | undefined;
  /** Another number has the list read again. */
  readonly turn: number;
  onOpen(chatId: string | undefined): void;
}

const isWide = matchMedia("(min-width: 46rem)").matches;

/** The user's conversations, newest first. */
export function ChatList({ current, turn, onOpen }: ChatListProps) {
  const [loaded, reload] = useLoaded(
    async () => dataOf(await eco2.api.GET("/api/v1/chat", { params: { query: {} } })).chats,
    [turn],
  );
  const [error, setError] = useState<unknown>();
  const chats = loaded.state === "ready" ? loaded.value : [];

  async function remove(id: string): Promise<void> {
    if (!confirm(words.talk.removeSure)) return;
    try {
      expectSuccess(
        await eco2.api.DELETE("/api/v1/chat/{chat_id}", { params: { path: { chat_id: id } } }),
      );
      if (id === current) onOpen(undefined);
      reload();
    } catch (problem) {
      setError(problem);
    }
  }

  if (loaded.state === "failed" && isSignedOut(loaded.error)) return null;
  return (
    <aside class="chats" aria-label={words.talk.list}>
      <button type="button" class="button" onClick={() => onOpen(undefined)}>
        <Icon name="plus" />
        {words.talk.new}
      </button>
      {error !== undefined && (
        <p role="alert" class="bad">
          {messageOf(error)}
        </p>
      )}
      {chats.length > 0 && (
        <details open={isWide}>
          <summary>{words.talk.list}</summary>
          <ul>
            {chats.map((chat) => (
              <li key={chat.id}>
                <a
                  href={`#chat=${chat.id}`}
                  aria-current={chat.id === current ? "true" : undefined}
                >
                  <span>{chat.title ?? words.talk.untitled}</span>
                  <time class="small quiet" dateTime={chat.last_message_at}>
                    {dayAndTime(chat.last_message_at)}
                  </time>
                </a>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={`${words.talk.remove}: ${chat.title ?? words.talk.untitled}`}
                  onClick={() => void remove(chat.id)}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </aside>
  );
}
