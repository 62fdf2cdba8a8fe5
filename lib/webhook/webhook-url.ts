import { Fault } from "#lib/error/fault.ts";
import { isLoopbackName, isPrivateName } from "#lib/http/public-address.ts";

const urlCharsMax = 2_048;

/** A URL that a webhook may have; what its name leads to is looked at when it is connected to (`openPinned`). */
export interface WebhookUrl {
  readonly url: URL;
  /** Whether the operator lets it lead to this machine. */
  readonly allowPrivate: boolean;
}

/**
 * Reads the URL of a webhook: https, of any host that is not plainly private. Its canonical form is the one that is
 * asked, as of a photo's URL. With `loopback` of `allow`, this machine is good too, and plain http to it.
 *
 * @throws Fault `WEBHOOK_URL_INVALID` or `WEBHOOK_ADDRESS_PRIVATE`.
 */
export function checkWebhookUrl(text: string, loopback: "refuse" | "allow"): WebhookUrl {
  const url = text.length > urlCharsMax ? null : URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || url.port === "0") {
    throw new Fault("WEBHOOK_URL_INVALID");
  }
  url.hash = "";
  const allowPrivate = loopback === "allow" && isLoopbackName(url);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && allowPrivate);
  if (!isSafe) throw new Fault("WEBHOOK_URL_INVALID");
  if (!allowPrivate && isPrivateName(url)) throw new Fault("WEBHOOK_ADDRESS_PRIVATE");
  return { url, allowPrivate };
}
