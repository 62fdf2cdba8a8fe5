import type { ChatTurn } from "#lib/chat/turn.ts";
import { readWords } from "#lib/contract/items/read-words.ts";
import { visibleText } from "#lib/contract/plain-text.ts";

/**
 * How much of a conversation goes into a prompt. Korean is near two characters a token, so 8,000 characters are some
 * 4,000 tokens: with the sources and the answer a third of what the smallest models take.
 */
const historyCharsMax = 8_000;
/** One long message must not leave out all the others. */
const messageCharsMax = 1_500;
export const summaryCharsMax = 1_200;
const titleCharsMax = 40;

type History = ChatTurn["history"];
type Message = History["messages"][number];

export interface Conversation {
  /** What stands for everything older than `messages`; "" at first. */
  readonly summary: string;
  readonly messages: readonly Message[];
  /** What does not fit; the summary stands for it. */
  readonly older: readonly Message[];
}

/** The newest messages that fit. What does not is put into the summary by rules, until it was summarised. */
export function fitConversation(
  { summary, messages }: History,
  charsMax = historyCharsMax,
): Conversation {
  let left = charsMax;
  const kept: Message[] = [];
  for (const message of messages.toReversed()) {
    const content = cut(message.content, messageCharsMax);
    left -= content.length;
    if (left < 0) break;
    kept.unshift({ ...message, content });
  }
  const older = messages.slice(0, messages.length - kept.length);
  return { summary: summariseByRule(summary ?? "", older), messages: kept, older };
}

/** What was asked about, in the words of the dictionary, and the last questions as they were put. */
export function summariseByRule(summary: string, older: readonly Message[]): string {
  if (older.length === 0) return cut(summary, summaryCharsMax);
  const asked = older.filter(({ role }) => role === "user").map(({ content }) => content);
  const things = new Set(asked.flatMap((text) => readWords(text).items.map(({ name }) => name)));
  const lines = [
    summary,
    things.size > 0 ? `물어본 물건: ${[...things].slice(-thingsMax).join(", ")}.` : "",
    ...asked.slice(-questionsMax).map((text) => `"${cut(text.replace(/\s+/g, " "), 120)}"`),
  ];
  // What was said last matters most.
  return lines.filter(Boolean).join(" ").slice(-summaryCharsMax).toWellFormed();
}
const thingsMax = 20;
const questionsMax = 3;

/** What the user wrote before, oldest first. */
export function earlierMessages({ messages }: History): string[] {
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

/** The title of a conversation that begins with this message; null for one that goes on. */
export function titleOf({ message, history }: ChatTurn, seen: string | null): string | null {
  if (history.messages.length > 0 || history.summary !== null) return null;
  const line = visibleText(message).replace(/\s+/g, " ").trim();
  const names = readWords(message).items.length > 0;
  if (seen && !names && line.length < shortCharsMax) return cut(`${seen} 버리기`, titleCharsMax);
  if (line.length <= titleCharsMax) return line || null;
  return `${cut(line, titleCharsMax - 1).trimEnd()}…`;
}
const shortCharsMax = 15;

function cut(text: string, charsMax: number): string {
  const start = text.slice(0, charsMax);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
