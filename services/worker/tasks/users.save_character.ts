import type { Task } from "#lib/contract/task.ts";
import { OwnershipGrant } from "#lib/scan/scan-message.ts";
import { readMessage } from "../read-message.ts";

/** Saves the character into the user's own collection. `save` resolves after the commit. */
export function saveCharacterTask(save: (grant: OwnershipGrant) => Promise<void>): Task {
  return { run: (body) => save(readMessage(OwnershipGrant, body)) };
}
