import type { ChatTurn } from "#lib/chat/turn.ts";
import { Fault } from "#lib/error/fault.ts";
import { fitConversation, summariseByRule, summaryCharsMax } from "./conversation.ts";
import type { ConversePorts } from "./create-converse.ts";
import { oneLine } from "./safe-text.ts";

/**
 * What stands from now on for all that was said before this turn; null while it fits into a prompt. Made after the
 * answer, which waits for nobody, and once: the next turn begins with it.
 */
export async function summarise(
  ports: Pick<ConversePorts, "callModel" | "hasChat">,
  { history }: ChatTurn,
  call: Parameters<ConversePorts["callModel"]>[0],
  signal: AbortSignal,
): Promise<string | null> {
  if (fitConversation(history).older.length === 0) return null;
  const byRule = summariseByRule(history.summary ?? "", history.messages);
  if (!ports.hasChat(call.model)) return byRule;
  const { summary, messages } = fitConversation(history, summarisedCharsMax);
  const input = { summary, conversation: messages };
  try {
    const { output } = await ports.callModel(call, signal, async ({ chat }, permit) =>
      chat?.summarise(input, permit),
    );
    return output ? oneLine(output, summaryCharsMax) : byRule;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Fault && error.code.startsWith("MODEL_")) return byRule;
    throw error;
  }
}

/** More than an answer is given: it is read once. */
const summarisedCharsMax = 24_000;
