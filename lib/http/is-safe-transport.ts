/** Whether a URL is https, or http on loopback, which does not leave this machine. */
export function isSafeTransport({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}

/** In `URL`'s normal form, which `127.1` and `[0:0::1]` have by then. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
