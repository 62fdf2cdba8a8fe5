import type { Major, Middle } from "#lib/contract/vocabulary.ts";

export type Category = Middle | Major;

/** A concrete item the user may mean by what the photo shows. */
export interface Candidate {
  readonly name: string;
  readonly category: Category;
}

/**
 * What an object the detector knows means for waste. `certain`: its category does not depend on the
 * material. `ambiguous`: it does, and the photo does not tell. `other`: not waste at all.
 */
export type PhotoObject =
  | { readonly kind: "certain"; readonly name: string; readonly category: Category }
  | { readonly kind: "ambiguous"; readonly name: string; readonly candidates: readonly Candidate[] }
  | { readonly kind: "other"; readonly name: string };

const general = "일반종량제폐기물";
const incombustible = "불연성종량제폐기물";
const bulky = "대형폐기물";
const food = "음식물류폐기물";
const electronics = "전기전자제품";

const cutlery = (name: string) =>
  ambiguous(name, { [`금속 ${name}`]: "금속류", [`플라스틱 ${name}`]: general });

/** The 80 COCO classes in the order of the detector's class numbers. */
export const COCO_OBJECTS: readonly PhotoObject[] = [
  ...others("사람"),
  certain("자전거", bulky),
  ...others("자동차", "오토바이", "비행기", "버스", "기차", "트럭", "배"),
  ...others("신호등", "소화전", "표지판", "주차 미터기"),
  certain("벤치", bulky),
  ...others("새", "고양이", "개", "말", "양", "소", "코끼리", "곰", "얼룩말", "기린"),
  certain("배낭", "의류및원단"),
  certain("우산", general),
  certain("가방", "의류및원단"),
  certain("넥타이", "의류및원단"),
  certain("여행용 가방", bulky),
  ambiguous("원반", { "플라스틱 원반": "플라스틱류", "고무 원반": general }),
  certain("스키", bulky),
  certain("스노보드", bulky),
  certain("공", general),
  certain("연", general),
  ambiguous("야구 방망이", { "금속 방망이": "금속류", "나무 방망이": general }),
  certain("야구 글러브", general),
  certain("스케이트보드", bulky),
  certain("서핑보드", bulky),
  ambiguous("라켓", { "금속 라켓": "금속류", "나무 라켓": general }),
  ambiguous("병", {
    유리병: "유리병",
    "투명 페트병": "무색페트병",
    "색깔 있는 플라스틱병": "플라스틱류",
  }),
  certain("유리잔", incombustible),
  ambiguous("컵", {
    종이컵: "종이",
    플라스틱컵: "플라스틱류",
    도자기컵: incombustible,
    유리컵: incombustible,
  }),
  cutlery("포크"),
  certain("칼", general),
  cutlery("숟가락"),
  ambiguous("그릇", {
    "도자기 그릇": incombustible,
    "유리 그릇": incombustible,
    "플라스틱 그릇": "플라스틱류",
    "금속 그릇": "금속류",
  }),
  certain("바나나", food),
  certain("사과", food),
  certain("샌드위치", food),
  certain("오렌지", food),
  certain("브로콜리", food),
  certain("당근", food),
  certain("핫도그", food),
  certain("피자", food),
  certain("도넛", food),
  certain("케이크", food),
  certain("의자", bulky),
  certain("소파", bulky),
  ambiguous("화분", { "도자기 화분": incombustible, "플라스틱 화분": "플라스틱류" }),
  certain("침대", bulky),
  certain("식탁", bulky),
  certain("변기", "공사장생활폐기물"),
  certain("텔레비전", electronics),
  certain("노트북", electronics),
  certain("마우스", electronics),
  certain("리모컨", electronics),
  certain("키보드", electronics),
  certain("휴대폰", electronics),
  certain("전자레인지", electronics),
  certain("오븐", electronics),
  certain("토스터", electronics),
  certain("싱크대", bulky),
  certain("냉장고", electronics),
  certain("책", "종이"),
  certain("시계", electronics),
  ambiguous("꽃병", {
    "유리 꽃병": incombustible,
    "도자기 꽃병": incombustible,
    "플라스틱 꽃병": "플라스틱류",
  }),
  certain("가위", general),
  certain("인형", general),
  certain("헤어드라이어", electronics),
  certain("칫솔", general),
];

function certain(name: string, category: Category): PhotoObject {
  return { kind: "certain", name, category };
}

function ambiguous(name: string, candidates: Record<string, Category>): PhotoObject {
  return {
    kind: "ambiguous",
    name,
    candidates: Object.entries(candidates).map(([item, category]) => ({ name: item, category })),
  };
}

function others(...names: string[]): PhotoObject[] {
  return names.map((name) => ({ kind: "other", name }));
}
