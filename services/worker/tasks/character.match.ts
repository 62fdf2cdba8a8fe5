import type { Character } from "#lib/contract/character.ts";
import type { MatchReply } from "#lib/contract/character-message.ts";
import type { Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { readMessage } from "../read-message.ts";

/** A character a user has. */
export interface OwnedCharacter {
  readonly code: string;
  /** The scan that granted it; null when none did. */
  readonly jobId: string | null;
  /** Perceptual hash of the photo that earned it. */
  readonly photo: string | null;
}

/** A grant until its row is written. */
export interface Reservation {
  readonly userId: string;
  readonly code: string;
  readonly jobId: string;
  readonly photo?: string;
}

export interface MatchDeps {
  readonly catalog: { findByLabel(label: string): Character | undefined };
  readonly ownerships: {
    ofUser(userId: string): Promise<readonly OwnedCharacter[]>;
    /**
     * Reserves the character, and its photo for it, until the row is written.
     *
     * @returns the job that holds the reservation: of two scans at once only one may grant. Undefined when the user
     * has earned another character, or is about to, with a photo that looks like this one.
     */
    reserve(
      reservation: Reservation,
      owned: readonly OwnedCharacter[],
    ): Promise<string | undefined>;
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
      const owned = await ownerships.ofUser(user_id);
      const own = owned.find((one) => one.code === code);
      // A redelivered request finds its own grant, which is no older ownership.
      if (own) return { character, already_owned: own.jobId !== job_id };
      const photo =
        image_url === undefined ? undefined : await hashOf(deps, { image_url, user_id }, signal);
      if (photo === "none") return nothing;
      const grant = { userId: user_id, code, jobId: job_id, ...(photo && { photo }) };
      const holder = await ownerships.reserve(grant, owned);
      if (holder === undefined) return nothing;
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
