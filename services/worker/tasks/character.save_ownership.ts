import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import type { Task } from "#lib/contract/task.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { readMessage } from "../read-message.ts";

/** Saves who owns what, once per user and character. `save` resolves after the commit. */
export function saveOwnershipTask(save: (grant: OwnershipGrant) => Promise<void>): Task {
  return {
    run: (body) => save(readMessage(TASK_MESSAGES["character.save_ownership"].message, body)),
  };
}
