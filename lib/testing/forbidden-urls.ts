/**
 * Addresses that no photo may be fetched from. `port` is a loopback port; `redirector` is an allowed
 * plain-http origin that redirects there; `names` are allowed hosts that resolve to a private address.
 */
export function forbiddenUrls({
  port,
  redirector,
  names,
}: {
  readonly port: number;
  readonly redirector: string;
  readonly names: readonly string[];
}): string[] {
  const at = (host: string): string[] => [
    `http://${host}:${port}/a.jpg`,
    `https://${host}:${port}/a.jpg`,
    `https://${host}/a.jpg`,
    `http://${host}/a.jpg`,
  ];
  const allowed = new URL(redirector).host;
  return [
    ...LOOPBACKS.flatMap(at),
    ...PRIVATE.flatMap((host) => [`http://${host}/`, `https://${host}/latest/meta-data/`]),
    ...names.flatMap(at),
    ...[301, 302, 303, 307, 308].flatMap((status) => [
      `${redirector}/redirect/${status}?to=http://127.0.0.1:${port}/a.jpg`,
      `${redirector}/redirect/${status}?to=http://169.254.169.254/latest/meta-data/`,
      `${redirector}/redirect/${status}?to=//127.0.0.1:${port}/a.jpg`,
    ]),
    // Is the host before the @, or behind it?
    `http://${allowed}@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}@${allowed}/`,
    `http://user:password@127.0.0.1:${port}/`,
    `http://${allowed}#@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}#@${allowed}/`,
    `http://127.0.0.1:${port}\\@${allowed}/`,
    `http://${allowed}\\@127.0.0.1:${port}/`,
    `http:${allowed}@127.0.0.1:${port}/`,
    `http:/127.0.0.1:${port}/`,
    `http:///127.0.0.1:${port}/`,
    `//127.0.0.1:${port}/`,
    ` http://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\t/`,
    `HTTP://127.0.0.1:${port}/`,
    `http://127.0.0.1 :${port}/`,
    `http://127.0.0.1\r\nHost: ${allowed}:${port}/`,
    ...SCHEMES.map((scheme) => `${scheme}127.0.0.1:${port}/a.jpg`),
    "file:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "blob:http://127.0.0.1/x",
    "javascript:fetch('http://127.0.0.1')",
    "about:blank",
    "",
    "http://",
    "http://[",
    "http://[::ffff:127.0.0.1",
    "not a url",
  ];
}

/** Every spelling of this machine that a URL parser may take. */
const LOOPBACKS = [
  "127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0x7f.1",
  "127.0.0.1. 127.255.255.254 0 0.0.0.0 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1]",
  "[::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [::1%25lo]",
  "localhost LOCALHOST localhost. a.localhost １２７.０.０.１ 127。0。0。1 ⓛocalhost",
  "127.0.0.1%00.example.com 127.0.0.1%2eexample.com",
].flatMap((line) => line.split(" "));

/** Metadata services, private networks, and other ranges that host no photo. */
const PRIVATE = [
  "169.254.169.254 2852039166 0xa9fea9fe [fd00:ec2::254] metadata.google.internal",
  "[fe80::1] [fc00::1] 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 198.18.0.1 224.0.0.1",
  "255.255.255.255",
].flatMap((line) => line.split(" "));

const SCHEMES = "ftp:// gopher:// ws:// wss:// redis:// dict:// unix:// tftp://".split(" ");
