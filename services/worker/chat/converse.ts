import type { ChatSource, Converse } from "#lib/chat/turn.ts";
import { readWords, type SaidItem } from "#lib/contract/items/read-words.ts";
import type { Regulation } from "#lib/contract/regulation.ts";
import { detailSteps, findRegulation } from "#lib/contract/regulations.ts";
import { RECYCLABLE } from "#lib/contract/vocabulary.ts";

/**
 * An answer without a model: the sentences of the item dictionary and the regulations about what the message
 * names. What they do not cover it says so. A redelivery composes the same text, and goes on where the last one
 * was cut.
 */
export const converse: Converse = async (turn, run) => {
  const intents = await run.once("intent", async () => [
    readWords(turn.message).items.length > 0 ? "waste" : "general",
  ]);
  const said = await run.once("tools", async () => findKnown(turn.message));
  const text = compose(said);
  const rest = text.startsWith(run.written) ? text.slice(run.written.length) : undefined;
  if (rest === undefined) await run.replace(text);
  else for (const sentence of rest.split(/(?<=\n)/)) await run.write(sentence);
  const title = turn.history.messages.length === 0 ? titleOf(turn.message) : null;
  return { intents, sources: sourcesOf(said), usage: null, title, summary: null };
};

const itemsMax = 3;
const stepsMax = 3;
const titleCharsMax = 30;

interface Known {
  readonly name: string;
  readonly note: string | null;
  readonly steps: readonly string[];
  readonly source: ChatSource | null;
}

function findKnown(message: string): Known[] {
  return readWords(message).items.slice(0, itemsMax).map(describe);
}

function describe({ name, item, category }: SaidItem): Known {
  const regulation =
    findRegulation({ major_category: RECYCLABLE, middle_category: category }) ??
    findRegulation({ major_category: category, middle_category: category });
  const note = item.note && item.category === category ? item.note : null;
  if (!regulation) return { name, note, steps: [], source: null };
  const steps = [...detailSteps(regulation, name), ...regulation.배출방법_공통].slice(0, stepsMax);
  return { name, note, steps, source: sourceOf(regulation) };
}

function sourceOf({ key, 출처 }: Regulation): ChatSource {
  return { type: "regulation", id: key, title: 출처.제목, url: 출처.주소 };
}

function sourcesOf(said: readonly Known[]): ChatSource[] {
  const sources = said.flatMap(({ source }) => (source ? [source] : []));
  return [...new Map(sources.map((source) => [source.id, source])).values()];
}

const nothingKnown =
  "[로컬 추정] 가지고 있는 자료에서는 찾지 못했어요. 버리실 물건의 이름을 알려 주시겠어요?";

function compose(said: readonly Known[]): string {
  if (said.length === 0) return nothingKnown;
  const paragraphs = said.map(({ name, note, steps, source }) =>
    [
      `'${name}' 버리는 방법이에요.`,
      ...(note ? [note] : []),
      ...steps.map((step, i) => `${i + 1}. ${step}`),
      ...(source ? [`출처: ${source.title}`] : []),
    ].join("\n"),
  );
  return `[로컬 추정] ${paragraphs.join("\n\n")}\n추정이므로 실제와 다를 수 있어요.`;
}

function titleOf(message: string): string {
  return [...message.trim().replaceAll(/\s+/g, " ")].slice(0, titleCharsMax).join("");
}
