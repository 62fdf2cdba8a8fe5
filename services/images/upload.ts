import { Fault } from "#lib/error/fault.ts";
import { type Signer, toBase64Url } from "./signer.ts";

/**
 * An upload:
 *
 *   offered ──PUT──▶ drafted ──callback──▶ confirmed
 *
 * Offered, a key and a signed URL exist. Drafted, the client has put something where no public URL
 * reads it. Confirmed, it was checked and stripped, and lies where `cdn_url` points. Nothing is kept
 * about it but the object itself: the key carries the channel and proves the owner.
 *
 * A key is `channel.id.owner`: 128 random bits, so it cannot be guessed, and a signature over channel, id
 * and user, so only its owner can confirm it and nobody can read the owner from it, or tell that two
 * photos belong to the same one. It is one path segment of URL-safe characters in every store.
 */
export const CHANNELS = ["scan", "chat", "my"] as const;
export type Channel = (typeof CHANNELS)[number];
/** What a sweep lists: unconfirmed uploads, or the photos of a channel. */
export type Prefix = "drafts" | Channel;

/** How long a signed URL takes a photo, in seconds: one photo on a slow phone connection, not more. */
export const uploadExpiresInS = 300;

const idBytes = 16;
const KEY = /^(scan|chat|my)\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** Throws `IMAGE_CHANNEL_UNKNOWN`. */
export function parseChannel(text: string): Channel {
  const channel = CHANNELS.find((known) => known === text);
  if (channel === undefined) throw new Fault("IMAGE_CHANNEL_UNKNOWN");
  return channel;
}

/** Whether `text` has the form of a key, and so is safe as a file name and in a URL. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

export async function createKey(signer: Signer, channel: Channel, userId: string): Promise<string> {
  const id = toBase64Url(crypto.getRandomValues(new Uint8Array(idBytes)));
  return `${channel}.${id}.${await signer.sign(["owner", channel, id, userId])}`;
}

export async function isOwnKey(
  signer: Signer,
  key: string,
  { channel, userId }: { channel: Channel; userId: string },
): Promise<boolean> {
  const [, keyChannel, id, owner] = KEY.exec(key) ?? [];
  if (keyChannel !== channel || id === undefined || owner === undefined) return false;
  return signer.verify(["owner", channel, id, userId], owner);
}

/** What the client says that it will send. */
export interface Declared {
  readonly contentType?: string | undefined;
  /** In bytes. */
  readonly size?: number | undefined;
}

/** The headers that bind a PUT to what was declared. */
export function requiredHeaders({ contentType, size }: Declared): Record<string, string> {
  return {
    ...(contentType === undefined ? {} : { "content-type": contentType }),
    ...(size === undefined ? {} : { "content-length": String(size) }),
  };
}

/** What an upload URL says when the images app takes the bytes itself; "" is "not declared". */
export interface UploadTerms {
  /** Seconds since the Unix epoch. */
  readonly expires: string;
  readonly type: string;
  readonly size: string;
}

/** What is signed when such a URL is made, and checked when it is used. */
export function uploadClaim(key: string, { expires, type, size }: UploadTerms) {
  return ["PUT", key, expires, type, size] as const;
}
