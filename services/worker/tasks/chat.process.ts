import type { ChatEvents } from "#lib/chat/chat-events.ts";
import { ChatMessage } from "#lib/chat/chat-message.ts";
import { type EndChatDeps, endChat, failChat } from "#lib/chat/end-chat.ts";
import type { ChatTurn, Converse } from "#lib/chat/turn.ts";
import type { Clock } from "#lib/clock/clock.ts";
import type { Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { createChatRun } from "../chat-run.ts";
import { readMessage } from "../read-message.ts";

export interface ChatDeps extends EndChatDeps {
  readonly events: EndChatDeps["events"] & Pick<ChatEvents, "begin">;
  readonly clock: Clock;
  readonly converse: Converse;
  /** The turn with what was said before; undefined where the chat is gone. */
  loadTurn(message: ChatMessage): Promise<ChatTurn | undefined>;
}

/** Answers one message: the text is written while it is made, then stored, then the job ends. */
export function chatTask(deps: ChatDeps): Task {
  return {
    async run(body, delivery) {
      const { epoch, signal } = delivery;
      const message = readMessage(ChatMessage, body);
      const job = { message, epoch };
      const held = await deps.events.begin(job);
      if (held === "over") return;
      if ("end" in held) return void (await endChat(deps, job, held.end));
      try {
        const turn = await deps.loadTurn(message);
        if (!turn) return await deps.events.forget(message.job_id);
        const outcome = await deps.converse(turn, createChatRun(held, signal, deps.clock));
        await held.flush();
        signal.throwIfAborted();
        const end = { status: "completed", outcome } as const;
        await endChat(
          { ...deps, events: { ...deps.events, seal: (_, it) => held.seal(it) } },
          job,
          end,
        );
      } catch (error) {
        // What has been taken is shown before the next delivery goes on from there.
        await held.flush().catch(() => undefined);
        // What has failed for good holds the job up to its end: a copy of the message would be paid before it.
        if (delivery.runsAgain(Fault.from(error))) await held.release().catch(() => undefined);
        throw error;
      }
    },
    async onExhausted(body, fault, { epoch }) {
      await failChat(deps, { message: readMessage(ChatMessage, body), epoch }, fault);
    },
  };
}
