import type { ChatStep } from "#lib/chat/chat-event.ts";
import type { HeldChat, KeptStage } from "#lib/chat/chat-events.ts";
import { questionMs } from "#lib/chat/chat-limits.ts";
import type { ChatRun } from "#lib/chat/turn.ts";
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
  /** Steps that are shown with the next one. */
  let steps: ChatStep[] = [];
  const emit = async (step: ChatStep, output?: { stage: KeptStage; json: string }) => {
    const all = [...steps, step];
    steps = [];
    await held.emit(all, output);
  };
  return {
    signal,
    written: held.written,
    once: async (stage, work) => {
      const kept = held.checkpoint(stage);
      if (kept !== undefined) return JSON.parse(kept);
      signal.throwIfAborted();
      const started = { stage, status: "started" } as const;
      const completed = { stage, status: "completed" } as const;
      let isShown = false;
      const output = await work(async () => {
        isShown = true;
        await emit(started);
      });
      if (isShown) await emit(completed, { stage, json: JSON.stringify(output ?? null) });
      else steps.push(started, completed);
      return output;
    },
    startAnswer: async () => {
      signal.throwIfAborted();
      await emit({ stage: "answer", status: "started" });
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
