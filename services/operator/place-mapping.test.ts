import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { mapRow, missingColumns, PlaceMapping } from "./place-mapping.ts";
import { SOURCES } from "./place-sources/sources.ts";

const mapping: PlaceMapping = {
  rows: "",
  source_pk: "{no}",
  name: "{name|title}",
  road_address: "",
  phone: "",
  place_url: "{url}",
  latitude: "{lat}",
  longitude: "{lon}",
  hours: ["평일 {from}~{to}", "토 {satfrom}~{satto}"],
  store_category: {
    from: "{kind}",
    words: { 카페: "cafe_bakery", 가게: "general" },
    otherwise: "lodging",
  },
  pickup_categories: { from: "{takes}", words: { 캔: "can", 병: "glass" }, otherwise: "general" },
};
const row = {
  no: 7,
  title: "알맹",
  lat: "37.5",
  lon: 127,
  from: "9:00",
  to: "18:00",
  satfrom: "-",
};

function placeOf(more: object) {
  const mapped = mapRow(mapping, { ...row, ...more });
  return "place" in mapped ? mapped.place : mapped;
}

describe("a row becomes a place", () => {
  test("by the first column that has something, and by texts whose columns all have", () => {
    expect(placeOf({ name: " " })).toMatchObject({
      ...{ source_pk: "7", name: "알맹", hours: "평일 9:00~18:00", place_url: null },
      ...{ latitude: 37.5, longitude: 127, store_category: "lodging" },
      pickup_categories: ["general"],
    });
    expect(placeOf({ satfrom: "10:00", satto: "15:00" })).toMatchObject({
      hours: "평일 9:00~18:00, 토 10:00~15:00",
    });
  });

  test("of one kind, and taking all that its words say", () => {
    expect(placeOf({ kind: "가게 겸 카페", takes: "병, 캔, 빈 병" })).toMatchObject({
      store_category: "cafe_bakery",
      pickup_categories: ["can", "glass"],
    });
  });

  test.each([
    [{ no: "" }, undefined, "source_pk is empty"],
    [{ title: "" }, "7", "name is empty"],
    [{ title: "가".repeat(201) }, "7", "name is longer than 200 characters"],
    [{ lat: "" }, "7", "latitude is no number"],
    [{ lat: "37,5" }, "7", "latitude is no number"],
    [{ lat: "0" }, "7", "latitude is not within 33 and 39 degrees"],
    [{ lon: "37.5" }, "7", "longitude is not within 124 and 132 degrees"],
    [{ url: "javascript:alert(1)" }, "7", "place_url is no http address"],
  ])("or says why not: %p", (more, key, reason) => {
    expect(placeOf(more)).toEqual({ key, reason } as ReturnType<typeof placeOf>);
  });
});

test("a field without its column is named, with the columns that were looked for", () => {
  const missing = missingColumns(mapping, ["NO", " ti tle", "lat", "lon", "sat from", "satto"]);
  expect([...missing.keys()]).toEqual(["place_url", "store_category", "pickup_categories"]);
  expect(missingColumns(mapping, []).get("name")).toBe("name|title");
});

test.each(Object.entries(SOURCES))("%s is a mapping", (_, source) => {
  expect(v.safeParse(PlaceMapping, source).issues).toBeUndefined();
});
