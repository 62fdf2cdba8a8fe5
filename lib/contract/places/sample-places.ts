import type { Place } from "./place.ts";

/**
 * Places to look at before a register was imported. They are made up: names say so, and the source is `sample`. They
 * go away with the first import.
 */
export const sampleSource = "sample";

const place = (
  source_pk: string,
  name: string,
  road_address: string,
  [latitude, longitude]: readonly [number, number],
  store_category: Place["store_category"],
  pickup_categories: Place["pickup_categories"],
  hours: string | null,
): Place => ({
  source_pk,
  name: `${name} (예시)`,
  road_address,
  latitude,
  longitude,
  store_category,
  pickup_categories,
  hours,
  phone: null,
  place_url: null,
});

export const SAMPLE_PLACES: readonly Place[] = [
  place(
    "1",
    "세종로 투명페트병 무인수거기",
    "서울특별시 종로구 세종대로 172",
    [37.5717, 126.9768],
    "public_dropbox",
    ["clear_pet", "can"],
    "24시간",
  ),
  place(
    "2",
    "시청 재활용 정거장",
    "서울특별시 중구 세종대로 110",
    [37.5663, 126.9779],
    "public_dropbox",
    ["paper", "plastic", "glass", "can", "clear_pet", "colored_pet"],
    "월수금 18:00~24:00",
  ),
  place(
    "3",
    "을지로 의류수거함",
    "서울특별시 중구 을지로 30",
    [37.5653, 126.9817],
    "public_dropbox",
    ["textile"],
    "상시 이용",
  ),
  place(
    "4",
    "종로 폐건전지·폐가전 수거함",
    "서울특별시 종로구 삼봉로 43",
    [37.5729, 126.9794],
    "public_dropbox",
    ["electronics"],
    "평일 09:00~18:00",
  ),
  place(
    "5",
    "남대문 제로웨이스트 상점",
    "서울특별시 중구 남대문로 40",
    [37.5617, 126.9797],
    "refill_zero",
    ["plastic", "glass", "paper"],
    "매일 11:00~20:00, 월요일 휴무",
  ),
  place(
    "6",
    "강남 되살림 가게",
    "서울특별시 강남구 테헤란로 152",
    [37.5001, 127.0364],
    "upcycle_recycle",
    ["textile", "electronics", "general"],
    "월~토 10:30~19:00, 일요일 및 공휴일 휴무",
  ),
  place(
    "7",
    "해운대 재활용센터",
    "부산광역시 해운대구 해운대로 570",
    [35.1631, 129.1635],
    "upcycle_recycle",
    ["electronics", "general"],
    "평일 09:00~18:00, 토 09:00~13:00, 공휴일 휴무",
  ),
  place(
    "8",
    "제주 클린하우스",
    "제주특별자치도 제주시 문연로 6",
    [33.489, 126.4983],
    "public_dropbox",
    ["paper", "plastic", "glass", "can", "clear_pet", "general"],
    "15:00~익일 04:00",
  ),
];
