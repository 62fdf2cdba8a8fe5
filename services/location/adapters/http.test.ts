import { describe, expect, test } from "bun:test";
import type { Center } from "#lib/contract/places/center.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import { createLocationRoutes, type LocationRoutesDeps } from "./http.ts";

const center: Center = {
  id: "7",
  name: "시청 재활용 정거장",
  source: "sample",
  road_address: null,
  latitude: 37.5,
  longitude: 127,
  distance_km: null,
  distance_text: null,
  store_category: "public_dropbox",
  pickup_categories: ["can"],
  is_open: null,
  is_holiday: null,
  start_time: null,
  end_time: null,
  phone: null,
  place_url: null,
};

/** The routes over one place, and what was asked of the store. */
function given() {
  const asked: unknown[] = [];
  const answer = async (...question: unknown[]) => {
    asked.push(question);
    return [center];
  };
  const deps: LocationRoutesDeps = {
    clock: { now: () => 0 },
    nearest: answer,
    onMap: async (...question) => {
      asked.push(question);
      return { centers: [], clusters: [{ latitude: 37.5, longitude: 127, count: 2 }] };
    },
    containing: answer,
    beginning: answer,
    center: async (id) => (id === "7" ? center : undefined),
  };
  const log = createLogger("test", "error", () => undefined);
  const app = createApp(log, [createLocationRoutes(deps)]);
  const get = (path: string, headers: HeadersInit = { "x-user-id": "u" }) =>
    app.request(`/api/v1/locations/${path}`, { headers });
  return { get, asked };
}

describe("centers", () => {
  test("asks for what is named, and for defaults where nothing is", async () => {
    const { get, asked } = given();
    expect(await (await get("centers?lat=37.5&lon=-127")).json()).toEqual({
      centers: [center],
      clusters: [],
    });
    await get(
      "centers?lat=37.5&lon=127&radius=20000&limit=100&open_now=true" +
        "&store_category=lodging,general&pickup_category=can",
    );
    const common = { now: 0, stores: undefined, pickups: undefined, openNow: false };
    const at = { latitude: 37.5, longitude: 127 };
    expect(asked).toEqual([
      [
        { latitude: 37.5, longitude: -127 },
        { ...common, radius: 5_000, limit: 50 },
      ],
      [
        at,
        {
          ...{ now: 0, radius: 20_000, limit: 100, openNow: true },
          stores: ["general", "lodging"],
          pickups: ["can"],
        },
      ],
    ]);
  });

  test("with zoom shows what a map of that level can tell apart, as far as it reaches", async () => {
    const { get, asked } = given();
    const body = await (await get("centers?lat=37.5&lon=127&zoom=5")).json();
    expect(body.clusters).toEqual([{ latitude: 37.5, longitude: 127, count: 2 }]);
    await get("centers?lat=37.5&lon=127&zoom=20");
    expect(asked).toMatchObject([
      [{}, { radius: 2_400, cellMetres: 320 }],
      [{}, { radius: 20_000 }],
    ]);
  });

  test.each([
    ["", "COORDINATES_INVALID"],
    ["lat=37.5", "COORDINATES_INVALID"],
    ["lat=91&lon=127", "COORDINATES_INVALID"],
    ["lat=37.5&lon=180.1", "COORDINATES_INVALID"],
    ["lat=NaN&lon=127", "COORDINATES_INVALID"],
    ["lat=1e1&lon=127", "COORDINATES_INVALID"],
    ["lat=&lon=127", "COORDINATES_INVALID"],
    ["lat=37&lat=38&lon=127", "COORDINATES_INVALID"],
    ["lat=37.5&lon=127&radius=0", "RADIUS_INVALID"],
    ["lat=37.5&lon=127&radius=20001", "RADIUS_INVALID"],
    ["lat=37.5&lon=127&radius=1.5", "RADIUS_INVALID"],
    ["lat=37.5&lon=127&limit=0", "LIMIT_INVALID"],
    ["lat=37.5&lon=127&limit=101", "LIMIT_INVALID"],
    ["lat=37.5&lon=127&limit=-1", "LIMIT_INVALID"],
    ["lat=37.5&lon=127&zoom=21", "ZOOM_INVALID"],
    ["lat=37.5&lon=127&zoom=near", "ZOOM_INVALID"],
    ["lat=37.5&lon=127&store_category=bar", "STORE_CATEGORY_UNKNOWN"],
    ["lat=37.5&lon=127&store_category=", "STORE_CATEGORY_UNKNOWN"],
    ["lat=37.5&lon=127&pickup_category=can,", "PICKUP_CATEGORY_UNKNOWN"],
    ["lat=37.5&lon=127&pickup_category='", "PICKUP_CATEGORY_UNKNOWN"],
    ["lat=37.5&lon=127&open_now=maybe", "OPEN_NOW_INVALID"],
  ])("%s is a 400 with its code: %s", async (query, code) => {
    const { get, asked } = given();
    const response = await get(`centers?${query}`);
    expect([response.status, (await response.json()).code]).toEqual([400, code]);
    expect(asked).toEqual([]);
  });

  test("one is read by its id; another id is not found, whatever it looks like", async () => {
    const { get } = given();
    expect(await (await get("centers/7")).json()).toEqual(center);
    for (const id of ["8", "0", "-1", "x", "9".repeat(30), "kakao:1"]) {
      const response = await get(`centers/${id}`);
      expect([response.status, (await response.json()).code]).toEqual([404, "CENTER_NOT_FOUND"]);
    }
  });
});

describe("search and suggest", () => {
  test("compare without spaces, and in whatever form a Mac sends Hangul", async () => {
    const { get, asked } = given();
    const text = encodeURIComponent("재활용  센터(A)".normalize("NFD"));
    await get(`search?q=${text}&lat=37.5&lon=127`);
    await get(`suggest?q=${text}`);
    const at = { latitude: 37.5, longitude: 127 };
    expect(asked).toEqual([
      [["재활용", "센터a"], { at, now: 0, limit: 30 }],
      ["재활용센터a", { now: 0, limit: 10 }],
    ]);
  });

  test("a place that is found in two ways is shown once", async () => {
    const { get, asked } = given();
    expect(await (await get("search?q=시청")).json()).toEqual({ centers: [center] });
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["search", "SEARCH_TEXT_INVALID"],
    ["search?q=", "SEARCH_TEXT_INVALID"],
    ["search?q=%20%25_!", "SEARCH_TEXT_INVALID"],
    [`search?q=${"가".repeat(101)}`, "SEARCH_TEXT_INVALID"],
    ["search?q=a&q=b", "SEARCH_TEXT_INVALID"],
    ["search?q=a&lat=37", "COORDINATES_INVALID"],
    ["search?q=a&lat=37&lon=999", "COORDINATES_INVALID"],
    ["suggest?q=-", "SEARCH_TEXT_INVALID"],
  ])("%s is a 400 with its code: %s", async (path, code) => {
    const response = await given().get(path);
    expect([response.status, (await response.json()).code]).toEqual([400, code]);
  });
});

test.each(["centers?lat=1&lon=1", "search?q=a", "suggest?q=a", "centers/7"])(
  "%s is for users",
  async (path) => {
    const response = await given().get(path, {});
    expect([response.status, (await response.json()).code]).toEqual([401, "UNAUTHENTICATED"]);
  },
);
