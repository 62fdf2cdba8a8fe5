import { expect, test } from "bun:test";
import { createSigner } from "./signer.ts";

const signer = createSigner("one secret");
const parts = ["PUT", "scan.a.b", "1800000000"] as const;
const signature = await signer.sign(parts);

test("vouches for exactly what was signed", async () => {
  expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await signer.verify(parts, signature)).toBe(true);
});

test.each([
  ["another purpose", ["owner", "scan.a.b", "1800000000"]],
  ["another value", ["PUT", "scan.a.c", "1800000000"]],
  ["the same letters cut elsewhere", ["PUT", "scan.a.b1", "800000000"]],
  ["fewer values", ["PUT", "scan.a.b"]],
] as const)("is void for %s", async (_, other) => {
  expect(await signer.verify(other, signature)).toBe(false);
});

test("is void under another secret", async () => {
  expect(await createSigner("another secret").verify(parts, signature)).toBe(false);
});

test("has one spelling", async () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.";
  const spellings = [...alphabet].map((letter) => signature.slice(0, -1) + letter);
  const accepted = await Promise.all(spellings.map((one) => signer.verify(parts, one)));
  expect(accepted.filter(Boolean)).toHaveLength(1);
  for (const other of ["", `${signature}=`, signature.slice(0, -1), "가".repeat(43)]) {
    expect(await signer.verify(parts, other)).toBe(false);
  }
});
