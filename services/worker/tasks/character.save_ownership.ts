import type { Task } from "#lib/contract/task.ts";
import { OwnershipGrant } from "#lib/scan/scan-message.ts";
import { readMessage } from "../read-message.ts";

/** Saves who owns what, once per user and character. `save` resolves after the commit. */
export function saveOwnershipTask(save: (grant: OwnershipGrant) => Promise<void>): Task {
  return { run: (body) => save(readMessage(OwnershipGrant, body)) };
}
