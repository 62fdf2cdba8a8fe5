import type { Character } from "#lib/contract/character.ts";
import type { MatchReply } from "#lib/contract/character-message.ts";
import type { Task } from "#lib/contract/task.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { readMessage } from "../read-message.ts";

export interface MatchDeps {
  readonly catalog: { findByLabel(label: string): Character | undefined };
  readonly ownerships: {
    /**
     * The job that granted this character to this user: "none" when the user does not own it, "unknown"
     * when it was not granted by a scan.
     */
    grantedBy(userId: string, characterCode: string): Promise<string>;
    /**
     * Reserves the character for this job until its row is written.
     *
     * @returns the job that holds the reservation: of two scans at once only one may grant.
     */
    reserve(userId: string, characterCode: string, jobId: string): Promise<string>;
  };
}

/** RPC: which character does this material earn, and did the user own it before this job? */
export function matchTask({ catalog, ownerships }: MatchDeps): Task {
  return {
    async run(body): Promise<MatchReply> {
      const { job_id, user_id, match_label } = readMessage(
        TASK_MESSAGES["character.match"].message,
        body,
      );
      const found = catalog.findByLabel(match_label);
      if (!found) return { character: null, already_owned: false };
      const { code, name, dialog } = found;
      const granted = await ownerships.grantedBy(user_id, code);
      const holder = granted === "none" ? await ownerships.reserve(user_id, code, job_id) : granted;
      // A redelivered request finds its own grant, which is no older ownership.
      return { character: { code, name, dialog, match_label }, already_owned: holder !== job_id };
    },
  };
}
