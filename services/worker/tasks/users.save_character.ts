import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import type { Task } from "#lib/contract/task.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { readMessage } from "../read-message.ts";

/** Saves the character into the user's own collection. `save` resolves after the commit. */
export function saveCharacterTask(save: (grant: OwnershipGrant) => Promise<void>): Task {
  return { run: (body) => save(readMessage(TASK_MESSAGES["users.save_character"].message, body)) };
}
