import { expect, test } from "bun:test";
import { TokenCosts } from "./token-costs.ts";

test("a user's next call is expected to cost what the latest ones did", () => {
  const costs = new TokenCosts();
  expect(costs.of("a")).toBe(1);
  for (let i = 0; i < 100; i++) {
    costs.add("a", 1_000);
    costs.add("b", i % 2 === 0 ? 50 : 150);
  }
  expect(costs.of("a")).toBeCloseTo(1_000);
  expect(costs.of("b")).toBeWithin(80, 120);
  for (let i = 0; i < 30; i++) costs.add("a", 10);
  expect(costs.of("a")).toBeWithin(10, 15);
});

test("a new user is expected to cost what the others do", () => {
  const costs = new TokenCosts();
  for (let i = 0; i < 10; i++) costs.add("a", 800);
  expect(costs.of("new")).toBe(800);
});

test("a reply without usage changes nothing", () => {
  const costs = new TokenCosts();
  costs.add("a", 700);
  costs.add("a", 0);
  expect(costs.of("a")).toBe(700);
});
