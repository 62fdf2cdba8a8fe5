import type { Character } from "#lib/contract/character.ts";
import type { MatchReply } from "#lib/contract/character-message.ts";
import type { Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { readMessage } from "../read-message.ts";

/** A photo, by its perceptual hash, and the character that it has earned. */
export interface EarnedPhoto {
  readonly code: string;
  readonly photo: string;
}

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
    /**
     * Claims a photo for a character until its row is written. False when the user has earned another
     * character, or is about to, with a photo that looks like it.
     */
    claimPhoto(userId: string, characterCode: string, photo: string): Promise<boolean>;
  };
  /** Perceptual hash of a scan's photo. */
  hashPhoto(scan: PhotoOf, signal: AbortSignal): Promise<string>;
}

/**
 * RPC: which character does this material earn, and did the user own it before this job?
 *
 * One photo earns a user one character. What a model says of a photo may be written on the photo: without this
 * one of them would earn the whole catalogue. The photo is looked at for a grant alone, which a user gets once
 * a character; one that cannot be looked at any more earns nothing.
 */
export function matchTask(deps: MatchDeps): Task {
  const { catalog, ownerships } = deps;
  return {
    async run(body, { signal }): Promise<MatchReply> {
      const { job_id, user_id, match_label, image_url } = readMessage(
        TASK_MESSAGES["character.match"].message,
        body,
      );
      const found = catalog.findByLabel(match_label);
      if (!found) return nothing;
      const { code, name, dialog } = found;
      const character = { code, name, dialog, match_label };
      const granted = await ownerships.grantedBy(user_id, code);
      // A redelivered request finds its own grant, which is no older ownership.
      if (granted !== "none") return { character, already_owned: granted !== job_id };
      const photo =
        image_url === undefined ? undefined : await hashOf(deps, { image_url, user_id }, signal);
      if (photo === "none") return nothing;
      if (photo && !(await ownerships.claimPhoto(user_id, code, photo))) return nothing;
      const holder = await ownerships.reserve(user_id, code, job_id);
      return { character, already_owned: holder !== job_id, ...(photo && { photo }) };
    },
  };
}

const nothing: MatchReply = { character: null, already_owned: false };

interface PhotoOf {
  readonly image_url: string;
  readonly user_id: string;
}

/** "none" for a photo that is gone, or none; a host that is away for now rejects. */
async function hashOf(
  { hashPhoto }: MatchDeps,
  scan: PhotoOf,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await hashPhoto(scan, signal);
  } catch (error) {
    if (Fault.from(error).kind.onMessage === "fail") return "none";
    throw error;
  }
}
