import type { ChatTurn, Start } from "#lib/chat/turn.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Intent } from "../models/chat-model.ts";
import { earlierMessages, fitConversation } from "./conversation.ts";
import type { ConversePorts } from "./create-converse.ts";
import { chooseIntents, intentsByRule, isSure } from "./read-intents.ts";
import { topicOf } from "./turn-topic.ts";

/** The checkpoint of the first stage. */
export interface Understood {
  readonly intents: readonly Intent[];
  /** The message as a question of its own, where a model restated it; else "". */
  readonly question: string;
}

type UnderstandPorts = Pick<ConversePorts, "callModel" | "hasChat" | "characters">;

/**
 * What the message asks: by rules, and by a model where they leave doubt. A model that cannot say it costs nothing but
 * the doubt.
 */
export async function understandTurn(
  ports: UnderstandPorts,
  turn: ChatTurn,
  call: Parameters<ConversePorts["callModel"]>[0],
  { signal, start }: { readonly signal: AbortSignal; readonly start: Start },
): Promise<Understood> {
  const topic = topicOf(turn.message, "", earlierMessages(turn.history));
  const about = { characters: ports.characters(), hasPhoto: turn.imageUrl !== null };
  const byRule = intentsByRule(turn.message, topic, about);
  const ruled = { intents: chooseIntents(byRule), question: "" };
  if (isSure(byRule) || !ports.hasChat(call.model)) return ruled;
  const { summary, messages } = fitConversation(turn.history);
  const input = { message: turn.message, summary, conversation: messages };
  await start();
  try {
    const { output } = await ports.callModel(call, signal, async ({ chat }, permit) =>
      chat?.understand(input, permit),
    );
    if (!output) return ruled;
    return { intents: chooseIntents(output.intents), question: output.question };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Fault && error.code.startsWith("MODEL_")) return ruled;
    throw error;
  }
}
