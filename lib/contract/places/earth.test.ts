import { expect, test } from "bun:test";
import { arcKm, chordKm, distanceKm, distanceText, toCube } from "./earth.ts";

const seoul = { latitude: 37.5663, longitude: 126.9779 };
const busan = { latitude: 35.1796, longitude: 129.0756 };

test("the chord between two points in space says how far it is over the ground", () => {
  const point = (text: string) => text.slice(1, -1).split(",").map(Number);
  const [a, b] = [point(toCube(seoul)), point(toCube(busan))];
  const chord = Math.hypot(...a.map((one, i) => one - (b[i] ?? 0)));
  // 325 km by the ellipsoid (GRS 80).
  expect(arcKm(chord)).toBeCloseTo(distanceKm(seoul, busan), 6);
  expect(Math.abs(arcKm(chord) - 325)).toBeLessThan(1);
  expect(chordKm(arcKm(chord))).toBeCloseTo(chord, 6);
});

test("a distance is shown in metres below a kilometre", () => {
  const shown = [0, 0.0004, 0.35, 0.9994, 0.9996, 1, 1.24, 12.96].map(distanceText);
  expect(shown).toEqual(["0m", "0m", "350m", "999m", "1.0km", "1.0km", "1.2km", "13.0km"]);
});
