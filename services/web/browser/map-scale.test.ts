import { expect, test } from "bun:test";
import { fitMap, spread } from "./map-scale.ts";

const seoul = { lat: 37.5663, lon: 126.9779 };
const busan = { lat: 35.1631, lon: 129.1635 };

test("points lie within the margin, north up and east to the right, at one scale", () => {
  const { place, bar } = fitMap([seoul, busan], 480, 40);
  const [a, b] = [place(seoul), place(busan)];
  expect([a.y < b.y, a.x < b.x]).toEqual([true, true]);
  for (const { x, y } of [a, b]) {
    expect([x, y].every((at) => at >= 39.9 && at <= 440.1)).toBe(true);
  }
  // As it is between the two by air.
  const km = (Math.hypot(a.x - b.x, a.y - b.y) / bar.length) * bar.km;
  expect(km).toBeWithin(325, 337);
});

test("one place alone is in the middle of a map of its surroundings", () => {
  const { place, bar } = fitMap([seoul], 480, 40);
  expect(place(seoul)).toEqual({ x: 240, y: 240 });
  expect(bar.km).toBe(0.2);
});

test("marks that would lie on one another do not, and the others stay", () => {
  const moved = spread(
    [
      { x: 100, y: 100 },
      { x: 100, y: 100 },
      { x: 102, y: 101 },
      { x: 400, y: 400 },
    ],
    30,
  );
  for (const [i, a] of moved.entries()) {
    for (const b of moved.slice(i + 1))
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(28);
  }
  expect(moved[3]).toEqual({ x: 400, y: 400 });
});
