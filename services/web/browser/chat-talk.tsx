import { useEffect, useRef, useState } from "preact/hooks";
import { ChatForm } from "./chat-form.tsx";
import { answerLanguage, words } from "./page-words.ts";
import { Trouble } from "./trouble.tsx";
import { givePlace, type Message, stopAnswer, useChat, type Writing } from "./use-chat.ts";

interface ChatTalkProps {
  readonly chatId: string | undefined;
  onOpened(chatId: string): void;
  onAnswered(): void;
}

/** What was said in one conversation, and what comes next. */
export function ChatTalk({ chatId, onOpened, onAnswered }: ChatTalkProps) {
  const { talk, send, readOlder } = useChat(chatId, onOpened);
  const { messages, older, writing, error } = talk;
  // What the user has said, until the API says it as well.
  const [saying, setSaying] = useState<string>();
  const end = useRef<HTMLDivElement>(null);
  const isNew = messages.length === 0 && writing === undefined && chatId === undefined;
  useEffect(() => {
    if (!isNew) end.current?.scrollIntoView({ block: "nearest" });
  }, [messages.length, writing?.text, isNew]);
  useEffect(() => setSaying(undefined), [messages.length]);
  const isAnswered = messages.at(-1)?.role === "assistant";
  useEffect(() => void (isAnswered && onAnswered()), [isAnswered, messages.length, onAnswered]);

  function say(message: string, photo: Blob | undefined): void {
    setSaying(message);
    void send(message, photo);
  }

  return (
    <section class="talk" aria-label={words.chat.title}>
      {older && (
        <button type="button" class="button small-button" onClick={() => void readOlder(older)}>
          {words.talk.older}
        </button>
      )}
      {isNew && error === undefined && (
        <FirstQuestions onPick={(message) => say(message, undefined)} />
      )}
      <div role="log" class="log">
        {messages.map((message) => (
          <ChatMessage key={message.id} message={message} />
        ))}
        {saying && error === undefined && (
          <div class="said" data-role="user">
            <p>{saying}</p>
          </div>
        )}
        {writing && <ChatWriting writing={writing} />}
      </div>
      {error !== undefined && <Trouble error={error} />}
      <div ref={end} class="end" />
      <ChatForm
        isBusy={writing !== undefined}
        onSend={say}
        onStop={writing?.jobId ? () => stopAnswer(writing.jobId) : undefined}
      />
    </section>
  );
}

function FirstQuestions({ onPick }: { onPick: (question: string) => void }) {
  return (
    <div class="first">
      <img src="/api/v1/character/images/char-eco.svg" alt="" width="112" height="112" />
      <h2>{words.talk.empty}</h2>
      <ul class="chips">
        {[words.talk.first, words.talk.second, words.talk.third].map((one) => (
          <li key={one}>
            <button type="button" class="chip" onClick={() => onPick(one)}>
              {one}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function ChatMessage({ message }: { message: Message }) {
  const { role, content, sources, status, image_url: image } = message;
  const isAnswer = role === "assistant";
  return (
    <div class="said" data-role={role}>
      <p class="hidden">{isAnswer ? words.talk.eco : words.talk.you}</p>
      {image && <img src={image} alt={words.talk.photoSent} loading="lazy" />}
      {content && (
        <p class="text" lang={isAnswer ? answerLanguage : undefined}>
          {content}
        </p>
      )}
      {isAnswer && status === "cancelled" && <p class="quiet small">{words.talk.stopped}</p>}
      {isAnswer && status === "failed" && <p class="bad small">{words.talk.failed}</p>}
      {sources.length > 0 && (
        <ul class="sources" aria-label={words.talk.sources}>
          {sources.map(({ id, title, url }) => (
            <li key={id}>
              {url ? (
                <a href={url} rel="noreferrer" target="_blank" lang={answerLanguage}>
                  {title}
                </a>
              ) : (
                <span lang={answerLanguage}>{title}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The text grows with every event; a screen reader hears that it is being written, and then all of it. */
function ChatWriting({ writing: { jobId, text, needsPlace } }: { writing: Writing }) {
  return (
    <div class="said" data-role="assistant" aria-busy="true">
      <p role="status" class={text ? "hidden" : "quiet thinking"}>
        {text ? words.talk.writing : words.talk.thinking}
      </p>
      {text && (
        <p class="text" aria-live="off" lang={answerLanguage}>
          {text}
        </p>
      )}
      {needsPlace && (
        <div class="row">
          <p>{words.talk.needsPlace}</p>
          <button type="button" class="button small-button" onClick={() => givePlace(jobId, true)}>
            {words.talk.givePlace}
          </button>
          <button type="button" class="button small-button" onClick={() => givePlace(jobId, false)}>
            {words.talk.skipPlace}
          </button>
        </div>
      )}
    </div>
  );
}
