import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { forbiddenUrls } from "#lib/testing/forbidden-urls.ts";
import { parseImageHosts } from "./image-hosts.ts";

const hosts = parseImageHosts([
  "cdn.example.com",
  "*.photos.example",
  "사진.example",
  "http://127.0.0.1:4999",
  "https://minio.internal",
]);

const codeOf = (url: string) => {
  try {
    hosts.check(url);
  } catch (error) {
    return error instanceof Fault ? error.code : error;
  }
};

const refusal = /^IMAGE_(ADDRESS_PRIVATE|HOST_NOT_ALLOWED|URL_INVALID)$/;

describe("the allow-list", () => {
  test.each([
    ["https://cdn.example.com/a.jpg"],
    ["https://CDN.Example.com:443/a.jpg"],
    ["https://cdn.example.com/a.jpg?signature=x%2F..#part"],
    ["https://a.photos.example/a.jpg"],
    ["https://a.b.photos.example/a.jpg"],
    ["https://사진.example/a.jpg"],
    ["https://xn--vf4bi0o.example/a.jpg"],
    ["http://127.0.0.1:4999/a.jpg"],
    ["http://0x7f.1:4999/a.jpg"],
    ["https://minio.internal/a.jpg"],
  ])("lets through %s", (url) => {
    expect(codeOf(url)).toBeUndefined();
  });

  test("answers the canonical URL without its fragment", () => {
    expect(hosts.check(" HTTPS://cdn.example.com/a/../b.jpg#x").href).toBe(
      "https://cdn.example.com/b.jpg",
    );
  });

  test.each([
    ["plain http", "http://cdn.example.com/a.jpg"],
    ["another port", "https://cdn.example.com:8443/a.jpg"],
    ["a subdomain of an exact host", "https://x.cdn.example.com/a.jpg"],
    ["a host that ends alike", "https://evilcdn.example.com/a.jpg"],
    ["a host that begins alike", "https://cdn.example.com.evil.test/a.jpg"],
    ["the wildcard's own domain", "https://photos.example/a.jpg"],
    ["a wildcard over http", "http://a.photos.example/a.jpg"],
    ["a trailing dot", "https://cdn.example.com./a.jpg"],
    ["a backslash before the at sign", "https://evil.test\\@cdn.example.com/a.jpg"],
    ["an encoded slash in the host", "https://evil.test／@cdn.example.com"],
    ["a look-alike letter", "https://cdn.exаmple.com/a.jpg"],
    ["a named origin's host on another port", "http://127.0.0.1:5000/a.jpg"],
    ["a named origin over another scheme", "https://127.0.0.1:4999/a.jpg"],
    ["a named https origin over http", "http://minio.internal/a.jpg"],
  ])("refuses %s: %s", (_, url) => {
    expect(codeOf(url)).toMatch(refusal);
  });

  const redirector = "http://redirector.test";
  test.each(forbiddenUrls({ port: 5000, redirector, names: ["localhost"] }))(
    "refuses %j",
    (url) => {
      expect(codeOf(url)).toMatch(refusal);
    },
  );

  test.each([
    ["https://localhost./a.jpg"],
    ["https://x.localhost/a.jpg"],
    ["https://0177.0.0.1/a.jpg"],
    ["https://[::ffff:10.0.0.1]/a.jpg"],
    ["http://169.254.169.254/"],
  ])("says of a private address that it is one: %s", (url) => {
    expect(codeOf(url)).toBe("IMAGE_ADDRESS_PRIVATE");
  });

  test("says of a public address only that it is not listed", () => {
    expect(codeOf("https://8.8.8.8/a.jpg")).toBe("IMAGE_HOST_NOT_ALLOWED");
  });

  test.each([
    [""],
    ["photo.jpg"],
    ["//cdn.example.com/a.jpg"],
    ["file:///etc/passwd"],
    ["data:image/png;base64,AAAA"],
    ["ftp://cdn.example.com/a.jpg"],
    ["javascript:alert(1)"],
    ["blob:https://cdn.example.com/x"],
    ["https://user@cdn.example.com/a.jpg"],
    ["https://user:secret@cdn.example.com/a.jpg"],
    ["https://:secret@cdn.example.com/a.jpg"],
    ["https://cdn.example.com:99999/a.jpg"],
    ["https://cdn.exa mple.com/a.jpg"],
    [`https://cdn.example.com/${"a".repeat(2_048)}`],
  ])("is no photo's address: %p", (url) => {
    expect(codeOf(url)).toBe("IMAGE_URL_INVALID");
  });

  test("an empty list opens nothing", () => {
    expect(() => parseImageHosts([]).check("https://cdn.example.com/a.jpg")).toThrow(Fault);
  });

  test.each([
    ["*"],
    ["*.com"],
    ["*.*.example.com"],
    ["cdn.example.com:8443"],
    ["cdn.example.com/path"],
    ["user@cdn.example.com"],
    ["http://127.0.0.1:4999/path"],
    ["http://*.example.com"],
    ["http://user@127.0.0.1"],
    ["ftp://cdn.example.com"],
    ["://"],
    [""],
  ])("an operator's wrong entry is named at start: %p", (entry) => {
    expect(() => parseImageHosts([entry])).toThrow(`"${entry}" is not usable`);
  });
});
