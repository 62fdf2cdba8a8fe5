import { streamedText } from "#lib/testing/streaming-model.ts";
import { type ChatReader, type ChatStreamEvent, createChatReader } from "../harness/chat-reader.ts";
import { chatPace } from "./fake-model.ts";
import type { Lab } from "./lab.ts";

const question = "투명 페트병 라벨 떼야 하나요?";
const retryMs = 250;
const endMsMax = 50_000;
/** After these a client stays: one that is cut for ever would never see the end on a busy machine. */
const cutsMax = 6;
const written = streamedText(chatPace.tokens).trim();

/** One user who asks and follows the answer to its end, over as many connections as it takes. */
export interface ChatTalk {
  /** Text that is shown now. */
  readonly shown: string;
  readonly ended: Promise<void>;
}

/**
 * Asks, follows to the end, and holds what is shown against what is stored: byte for byte, and nothing of what the
 * model said twice or left out. What does not hold is a finding of the lab.
 *
 * @param stayMs how long each connection is kept; then it is cut, wherever it is, and resumed
 */
export function talk(lab: Lab, user: string, stayMs: () => number): ChatTalk {
  const events: ChatStreamEvent[] = [];
  const chat = createChatReader(lab.origin, { "x-user-id": user });
  const find = (what: string): void => void lab.exits.push(`chat of ${user}: ${what}`);
  const ended = follow(chat, events, stayMs).then(
    ({ text, end, stored }) => {
      if (end !== "done") find(`ended with ${end}`);
      if (text !== stored) find(`shows ${text.length} characters, stored are ${stored?.length}`);
      if (!stored?.includes(written)) find("the model's words are not in it");
      // Its first token: of what was shown before a replace nothing is left.
      if (stored?.match(/(?<!\d)0번/g)?.length !== 1) find("the model's words are in it twice");
      const ids = events.map(({ id }) => id);
      if (ids.some((id, i) => i > 0 && id <= (ids[i - 1] ?? 0))) find("ids do not rise");
    },
    (error: unknown) => find(String(error)),
  );
  return {
    get shown() {
      return chat.textOf(events);
    },
    ended,
  };
}

async function follow(chat: ChatReader, events: ChatStreamEvent[], stayMs: () => number) {
  const deadline = Date.now() + endMsMax;
  const sent = await sendUntil(chat, deadline);
  const isEnd = ({ event }: ChatStreamEvent): boolean => event === "done" || event === "failed";
  let cuts = 0;
  for (let last = events.at(-1); !last || !isEnd(last); last = events.at(-1)) {
    if (Date.now() > deadline) throw new Error("no end");
    const cut = new AbortController();
    const stay = cuts++ < cutsMax ? stayMs() : Number.POSITIVE_INFINITY;
    const onEvent = (event: ChatStreamEvent): void => {
      events.push(event);
      // From its first event on: a busy service takes long to open a stream.
      if (Number.isFinite(stay)) timer ??= setTimeout(() => cut.abort(), stay);
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const resumed = chat.follow(sent.job_id, { after: last?.id, onEvent, signal: cut.signal });
    const isWhole = await resumed.then(
      () => true,
      () => false,
    );
    clearTimeout(timer);
    if (!isWhole && !cut.signal.aborted) await Bun.sleep(retryMs);
  }
  const { messages } = await chat.read(sent.chat_id);
  const stored = messages.find(({ role }) => role === "assistant")?.content;
  return { text: chat.textOf(events), end: events.at(-1)?.event, stored };
}

/** A busy service refuses with a 503, and leaves nothing behind. */
async function sendUntil(chat: ChatReader, deadline: number): ReturnType<ChatReader["send"]> {
  for (;;) {
    try {
      return await chat.send({ message: question });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await Bun.sleep(retryMs);
    }
  }
}
