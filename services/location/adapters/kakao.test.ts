import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { Center } from "#lib/contract/places/center.ts";
import { searchCenters } from "../search-centers.ts";
import { createKakaoSearch } from "./kakao.ts";

/** As https://developers.kakao.com/docs/latest/ko/local/dev-guide shows an answer. */
const document = {
  id: "26338954",
  place_name: "카카오프렌즈 코엑스점",
  category_name: "가정,생활 > 문구,사무용품 > 디자인문구 > 카카오프렌즈",
  category_group_code: "CE7",
  category_group_name: "",
  phone: "02-6002-1880",
  address_name: "서울 강남구 삼성동 159",
  road_address_name: "서울 강남구 영동대로 513",
  x: "127.05902969025047",
  y: "37.51207412593136",
  place_url: "http://place.map.kakao.com/26338954",
  distance: "418",
};
const page = (documents: unknown[]) => ({
  meta: { total_count: 14, pageable_count: 14, is_end: true, same_name: { keyword: "k" } },
  documents,
});

let answer: (request: Request) => Response | Promise<Response>;
const asked: URL[] = [];
/** Speaks Kakao's protocol: the key in a header, else 401 with its own error document. */
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => {
    const url = new URL(request.url);
    asked.push(url);
    if (request.headers.get("authorization") !== "KakaoAK right") {
      const error = { errorType: "AccessDeniedError", message: "wrong appKey" };
      return Response.json(error, { status: 401 });
    }
    if (url.pathname !== "/v2/local/search/keyword.json") return new Response("", { status: 404 });
    return answer(request);
  },
});
afterAll(() => server.stop(true));
beforeEach(() => {
  asked.length = 0;
  answer = () => Response.json(page([document]));
});
const search = createKakaoSearch({ key: "right", origin: server.url.origin });
const here = { latitude: 37.514, longitude: 127.0628 };

describe("Kakao Local", () => {
  test("is asked as it wants to be, around the one who asks", async () => {
    await search.find("카카오 & 친구", here);
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
      ...{ query: "카카오 & 친구", size: "15", sort: "distance", radius: "20000" },
      ...{ x: "127.0628", y: "37.514" },
    });
    await search.find("카카오", undefined);
    expect(Object.fromEntries(asked[1]?.searchParams ?? [])).toEqual({
      query: "카카오",
      size: "15",
    });
  });

  test("its places become ours, without what it does not know", async () => {
    expect(await search.find("카카오", here)).toEqual([
      {
        ...{ id: "kakao:26338954", name: "카카오프렌즈 코엑스점", source: "kakao" },
        ...{ road_address: "서울 강남구 영동대로 513", phone: "02-6002-1880" },
        ...{ latitude: 37.51207412593136, longitude: 127.05902969025047 },
        ...{ distance_km: null, distance_text: null },
        ...{ store_category: "cafe_bakery", pickup_categories: [] },
        ...{ is_open: null, is_holiday: null, start_time: null, end_time: null },
        place_url: "https://place.map.kakao.com/26338954",
      },
    ]);
    answer = () => Response.json(page([{ ...document, road_address_name: "", phone: "" }]));
    const [other] = await search.find("카카오", here);
    expect([other?.road_address, other?.phone]).toEqual(["서울 강남구 삼성동 159", null]);
  });

  test.each<[string, () => Response | Promise<Response>]>([
    ["a limit", () => Response.json({ errorType: "RequestThrottled" }, { status: 429 })],
    ["a failure", () => new Response("<html>", { status: 502 })],
    ["no JSON", () => new Response("<html>")],
    ["another document", () => Response.json({ documents: [{ id: 1 }] })],
    ["a page elsewhere", () => Response.json(page([{ ...document, place_url: "javascript:1" }]))],
    ["more than it may", () => new Response("x".repeat(300 * 1024))],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/")],
    ["silence", () => new Promise(() => undefined)],
  ])("rejects %s", async (_, how) => {
    answer = how;
    expect(await search.find("카카오", here).catch((error: unknown) => error)).toBeInstanceOf(
      Error,
    );
  });

  test("rejects where its key is wrong, and never shows it", async () => {
    const wrong = createKakaoSearch({ key: "secret-key", origin: server.url.origin });
    const error = await wrong.find("카카오", here).catch((one: unknown) => one);
    expect(String(error)).toContain("401");
    expect(String(error)).not.toContain("secret-key");
  });
});

test("a search has ours first, then Kakao's with their distances, and no place twice", async () => {
  const [found] = await search.find("카카오", here);
  if (!found) throw new Error("nothing found");
  const own: Center = { ...found, id: "1", source: "bins", name: "카카오프렌즈코엑스점" };
  const other = { ...document, id: "2", place_name: "카카오 2호점" };
  answer = () => Response.json(page([document, other]));
  const deps = {
    clock: { now: () => 0 },
    containing: async () => [own],
    beginning: async () => [],
    others: search,
  };
  const centers = await searchCenters(deps, "카카오", here);
  expect(centers.map(({ id, distance_text }) => [id, distance_text])).toEqual([
    ["1", null],
    ["kakao:2", "396m"],
  ]);
});
