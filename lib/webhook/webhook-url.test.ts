import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { checkWebhookUrl } from "./webhook-url.ts";

function read(text: string, loopback: "refuse" | "allow" = "refuse"): string {
  try {
    return checkWebhookUrl(text, loopback).url.href;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

describe("the URL of a webhook", () => {
  test.each([
    ["https://hooks.example.com/eco2?k=1#part", "https://hooks.example.com/eco2?k=1"],
    ["https://hooks.example.com:8443/", "https://hooks.example.com:8443/"],
    ["https://8.8.8.8/", "https://8.8.8.8/"],
    ["https://HOOKS.example.com\\eco2", "https://hooks.example.com/eco2"],
  ])("%s is taken in its canonical form", (text, href) => {
    expect(read(text)).toBe(href);
  });

  test.each([
    ...["", "hooks.example.com", "http://hooks.example.com/", "ftp://hooks.example.com/"],
    ...["https://me:pass@hooks.example.com/", "https://hooks.example.com:0/", "https://"],
    ...["javascript:alert(1)", "file:///etc/passwd", `https://a.example/${"a".repeat(2_048)}`],
    ...["http://127.0.0.1:9000/", "http://localhost:9000/"],
  ])("%s is none", (text) => {
    expect(read(text)).toBe("WEBHOOK_URL_INVALID");
  });

  test.each([
    ...["https://127.0.0.1/", "https://localhost/", "https://a.localhost./", "https://[::1]/"],
    ...["https://10.0.0.7/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data"],
    ...[
      "https://0x7f.1/",
      "https://2130706433/",
      "https://[::ffff:10.0.0.1]/",
      "https://[fd00::1]/",
    ],
    ...["https://100.64.0.1/", "https://0.0.0.0/", "https://[64:ff9b::a00:1]/"],
  ])("%s is private", (text) => {
    expect(read(text)).toBe("WEBHOOK_ADDRESS_PRIVATE");
  });

  test("may be this machine, where the operator says so, and no other private one", () => {
    expect(read("http://127.0.0.1:9000/", "allow")).toBe("http://127.0.0.1:9000/");
    expect(read("http://localhost:9000/", "allow")).toBe("http://localhost:9000/");
    expect(read("https://[::1]:9000/", "allow")).toBe("https://[::1]:9000/");
    expect(read("https://10.0.0.7/", "allow")).toBe("WEBHOOK_ADDRESS_PRIVATE");
    expect(read("http://10.0.0.7/", "allow")).toBe("WEBHOOK_URL_INVALID");
    expect(read("http://hooks.example.com/", "allow")).toBe("WEBHOOK_URL_INVALID");
  });
});
