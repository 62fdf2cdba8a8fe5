import type { HeldChat } from "#lib/chat/chat-events.ts";
import { questionMs } from "#lib/chat/chat-limits.ts";
import type { ChatRun, ChatStage } from "#lib/chat/turn.ts";
import type { Clock } from "#lib/clock/clock.ts";

/**
 * The run of a job as a conversation sees it. A write is taken at once and visible within 50 ms: a conversation that
 * waited for that would fall behind its model. What could not be written fails the next write, and the end of the run.
 *
 * @param options `inputPollMs`: from one look for the client's input to the next
 */
export function createChatRun(
  held: HeldChat,
  signal: AbortSignal,
  clock: Clock,
  { inputPollMs = 300 } = {},
): ChatRun {
  return {
    signal,
    written: held.written,
    once: (stage, work) => once(held, stage, work, signal),
    startAnswer: async () => {
      signal.throwIfAborted();
      await held.emit({ stage: "answer", status: "started" });
    },
    write: (text) => {
      signal.throwIfAborted();
      held.write(text);
    },
    replace: (text) => {
      signal.throwIfAborted();
      held.replace(text);
    },
    ask: async (type) => {
      const until = clock.now() + questionMs;
      for (;;) {
        const given = await held.ask(type, until);
        if (given !== undefined) return JSON.parse(given);
        await Bun.sleep(inputPollMs);
        signal.throwIfAborted();
      }
    },
  };
}

async function once<T>(
  held: HeldChat,
  stage: Exclude<ChatStage, "answer">,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const kept = held.checkpoint(stage);
  if (kept !== undefined) return JSON.parse(kept);
  signal.throwIfAborted();
  await held.emit({ stage, status: "started" });
  const output = await work();
  const json = JSON.stringify(output ?? null);
  await held.emit({ stage, status: "completed" }, { stage, json });
  return output;
}
