import { describe, expect, test } from "bun:test";
import { readReturnUrl, withError } from "./return-url.ts";

const own = "https://eco2.example";
const others = ["https://app.example.com", "http://localhost:5173", "capacitor://localhost"];
const origins = { own, others };
const read = (text?: string) => readReturnUrl(text, origins);

/** Where a browser on our origin goes with this `location`. */
function originOf(location: string): string {
  const { origin, protocol, host } = new URL(location, own);
  return origin === "null" ? `${protocol}//${host}` : origin;
}

describe("a return URL", () => {
  test.each([
    ["/", "/"],
    ["/a/b?c=d&e=%20#f", "/a/b?c=d&e=%20#f"],
    ["/결과?q=페트병", "/%EA%B2%B0%EA%B3%BC?q=%ED%8E%98%ED%8A%B8%EB%B3%91"],
    ["/a//b", "/a//b"],
    ["/a/../b", "/b"],
    ["/a?next=https://evil.example//", "/a?next=https://evil.example//"],
    ["/@evil.example", "/@evil.example"],
    ["/:80", "/:80"],
    [own, `${own}/`],
    [`${own}/a`, `${own}/a`],
    ["https://app.example.com", "https://app.example.com/"],
    ["https://app.example.com/a?b#c", "https://app.example.com/a?b#c"],
    ["https://app.example.com?b", "https://app.example.com/?b"],
    ["https://app.example.com#c", "https://app.example.com/#c"],
    ["http://localhost:5173/done", "http://localhost:5173/done"],
    ["capacitor://localhost/done?a=b", "capacitor://localhost/done?a=b"],
    ["capacitor://localhost", "capacitor://localhost"],
  ])("%j is read as %j", (text, expected) => expect(read(text)).toBe(expected));

  test.each([[undefined], [""]])("%j is the account", (text) => {
    expect(read(text)).toBe("/api/v1/users/me");
  });

  test.each([
    ["//evil.example"],
    ["///evil.example"],
    ["////evil.example"],
    ["/\\evil.example"],
    ["\\\\evil.example"],
    ["\\/evil.example"],
    ["/a\\..\\..//evil.example"],
    ["/\t/evil.example"],
    ["/\n/evil.example"],
    ["/\r\n/evil.example"],
    ["\t//evil.example"],
    [" //evil.example"],
    [" /a"],
    ["/a\nset-cookie: s_access=x"],
    ["/a\0"],
    ["/a\u0085b"],
    ["/a\u2028b"],
    ["/a\ud800b"],
    ["/.//evil.example"],
    ["/a/..//evil.example"],
    ["/%2e//evil.example"],
    ["/a/%2e%2e//evil.example"],
    ["capacitor://localhost.evil.example/"],
    ["capacitor://localhost:80@evil.example/"],
    ["capacitor://me:pw@localhost/"],
    ["ionic://localhost/"],
    ["capacitor:localhost"],
    ["https:evil.example"],
    ["https:/evil.example"],
    ["https:///evil.example"],
    ["https:app.example.com"],
    ["http:evil.example"],
    ["javascript:alert(1)"],
    ["JavaScript:alert(1)"],
    ["java\nscript:alert(1)"],
    ["data:text/html,x"],
    ["blob:https://app.example.com/1"],
    ["vbscript:x"],
    ["mailto:a@b.c"],
    ["evil.example"],
    ["a/b"],
    ["?a"],
    ["#a"],
    ["."],
    ["https://evil.example"],
    ["https://app.example.com.evil.example"],
    ["https://app.example.com@evil.example"],
    ["https://app.example.com:443@evil.example"],
    ["https://app.example.com\\@evil.example"],
    ["https://app.example.com\\.evil.example"],
    ["https://app.example.com%2eevil.example"],
    ["https://app.example.com。evil.example"],
    ["https://app.example.com．evil.example"],
    ["https://app.example.comevil.example"],
    ["https://app.example.com:8443/"],
    ["https://app.example.com:443/"],
    ["https://user@app.example.com/"],
    ["https://user:pass@app.example.com/"],
    ["https://@app.example.com/"],
    ["http://app.example.com/"],
    ["https://evil.example/https://app.example.com"],
    ["https://evil.example#https://app.example.com"],
    ["http://localhost:5173@evil.example"],
    ["http://localhost:51730/"],
    ["http://localhost:5173.evil.example"],
    ["https://xn--"],
    [`/${"a".repeat(2_000)}`],
  ])("%j is refused", (text) => {
    expect(() => read(text)).toThrow("REDIRECT_NOT_ALLOWED");
  });

  test("that is accepted never leads a browser to another origin, whatever is concatenated", () => {
    const parts = ["/", "//", "\\", ".", "..", "%2e", "%09", "\t", "@", ":", "?", "#", "。", " "];
    const words = ["evil.example", "https:", "http:", "javascript:", own, ...others, "a"];
    const all = [...parts, ...words];
    let accepted = 0;
    for (const a of all) {
      for (const b of all) {
        for (const c of all) {
          for (const d of ["", "evil.example", "/evil.example", "//evil.example"]) {
            const location = attempt(`${a}${b}${c}${d}`);
            if (location === undefined) continue;
            accepted++;
            expect([own, ...others]).toContain(originOf(location));
            expect([own, ...others]).toContain(originOf(withError(location, "X", origins)));
          }
        }
      }
    }
    expect(accepted).toBeGreaterThan(1_000);
  });

  test.each([
    ["/a", "/a?error=UNAVAILABLE"],
    ["/a?b=c#d", "/a?b=c&error=UNAVAILABLE#d"],
    ["/a?error=x&error=y", "/a?error=UNAVAILABLE"],
    ["https://app.example.com/", "https://app.example.com/?error=UNAVAILABLE"],
    ["capacitor://localhost/a?b", "capacitor://localhost/a?b=&error=UNAVAILABLE"],
  ])("%j with an error code is %j", (text, expected) => {
    expect(withError(read(text), "UNAVAILABLE", origins)).toBe(expected);
  });
});

function attempt(text: string): string | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
