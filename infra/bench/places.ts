import { latencyOf } from "./apply-load.ts";
import { createBench } from "./bench.ts";
import { atLeast, atMost, costTable, figuresOf, latencyChart } from "./figures.ts";
import { type Asked, fillPlaces, measurePlaces, type PlacesRun } from "./places-measure.ts";
import type { Measurements } from "./result.ts";

/** The nearest 50 of a million places that are open now and of one category. */
export const places = createBench({
  name: "places",
  measures:
    "the nearest 50 places of a category that are open now, out of a million: by the service's own query, and " +
    "through its process over HTTP",
  steps: {
    full: [{ places: 1_000_000, queries: 40_000 }],
    quick: [{ places: 5_000, queries: 200 }],
  },
  start: async (sizes, context) => {
    await fillPlaces(context, sizes.places);
    return () => measurePlaces(context, sizes.queries);
  },
  summary: ({ database, http }) => `query: ${text(database)}; HTTP: ${text(http)}`,
  figures: (measured) => placesFigures(measured.flatMap(({ runs }) => runs)),
});

function text(asked: Asked): string {
  const { perS, places: found } = asked;
  return `${perS.toFixed(0)}/s, p99 ${latencyOf(asked, 99).toFixed(1)} ms, ${found.toFixed(1)} places`;
}

function placesFigures(runs: readonly PlacesRun[]): Measurements {
  const figure = figuresOf(runs);
  return {
    figures: [
      figure("query", "queries/s", ({ database }) => database.perS, atLeast(2_000)),
      figure("query: p50", "ms", ({ database }) => latencyOf(database, 50)),
      figure("query: p99", "ms", ({ database }) => latencyOf(database, 99), atMost(20)),
      figure("query: places found", "", ({ database }) => database.places),
      figure("HTTP", "queries/s", ({ http }) => http.perS),
      figure("HTTP: p50", "ms", ({ http }) => latencyOf(http, 50)),
      figure("HTTP: p99", "ms", ({ http }) => latencyOf(http, 99)),
    ],
    charts: [
      latencyChart("Asked to answered by the query", runs, ({ database }, p) =>
        latencyOf(database, p),
      ),
    ],
    costs: [
      costTable(
        "By the service's own query",
        "query",
        runs.map(({ database }) => database),
      ),
      costTable(
        "Over HTTP",
        "query",
        runs.map(({ http }) => http),
      ),
    ],
  };
}
