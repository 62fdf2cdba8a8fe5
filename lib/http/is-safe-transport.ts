/** Nobody on the way reads what is sent there: https, or http that does not leave this machine. */
export function isSafeTransport({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}

/** As `URL` writes them: `127.1` and `[0:0::1]` are the same by then. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
