import * as v from "valibot";
import { listOf, readTsv } from "#lib/contract/tsv.ts";
import { SITUATION_TAGS, type SituationTag } from "#lib/contract/vocabulary.ts";
import type { Item } from "./items.ts";
import { lettersOf } from "./letters.ts";
import statesText from "./states.tsv" with { type: "text" };
import { isVerb, isWord } from "./words.ts";

/** What people say of an item's condition; `states.tsv` holds the words for each. */
export const STATES = [
  ...["broken", "swollen", "leaking", "hot", "soiled", "stained", "coated", "shredded"],
  ...["wet", "torn", "single", "full", "empty", "coloured", "charged"],
] as const;
export type State = (typeof STATES)[number];

const table = v.parse(
  v.array(
    v.object({
      state: v.picklist(STATES),
      tag: v.picklist(SITUATION_TAGS),
      words: v.pipe(v.string(), v.transform(listOf)),
    }),
  ),
  readTsv(statesText),
);

const tagByState = new Map(table.map(({ state, tag }) => [state, tag]));

export function tagOf(state: State): SituationTag | undefined {
  return tagByState.get(state);
}

/** A model sees conditions as tags; those that change what is dangerous, or where it goes. */
export function statesOfTags(tags: readonly SituationTag[]): ReadonlySet<State> {
  const states: State[] = [];
  if (tags.some((tag) => brokenTags.includes(tag))) states.push("broken");
  if (tags.includes("발열_OR탄화_흔적")) states.push("hot");
  return new Set(states);
}

const brokenTags: readonly SituationTag[] = ["깨짐", "유리병_깨짐", "깨진_조명기기"];

/** The beginnings of words by their first syllable; a lone last letter covers its inflections. */
const beginnings = Map.groupBy(
  table.flatMap(({ state, words }) =>
    words.map((word) => ({ state, word, letters: lettersOf(word) })),
  ),
  ({ word }) => word[0],
);

/** A state some words speak of, and which of them says it. */
export interface StateMention {
  readonly state: State;
  readonly at: number;
}

/** Every state a clause speaks of, unless it is denied: 안 깨진, 깨지지 않은. */
export function findStates(words: readonly string[]): StateMention[] {
  const found: StateMention[] = [];
  for (let at = 0; at < words.length; at++) {
    const ahead = words.slice(at, at + 3).join("");
    const hits = beginnings.get(ahead[0]) ?? [];
    for (const { state, word, letters } of hits) {
      const isSaid = ahead.startsWith(word) || isInflected(ahead, word, letters);
      if (isSaid && !isDenied(words, at, word)) {
        found.push({ state, at: at + wordsBehind(words.slice(at), word.length) });
      }
    }
  }
  return found;
}

/** How many words further a condition of several words ends: 페인트 묻은 is one of what follows, and not of paint. */
function wordsBehind(words: readonly string[], length: number): number {
  let further = 0;
  for (let read = words[0]?.length ?? 0; read < length; further++) {
    read += words[further + 1]?.length ?? length;
  }
  return further;
}

function isInflected(ahead: string, word: string, letters: string): boolean {
  return /[ㄱ-ㅎ]$/.test(word) && lettersOf(ahead.slice(0, word.length)).startsWith(letters);
}

function isDenied(words: readonly string[], at: number, word: string): boolean {
  if (/^안|지$|없/.test(word)) return false;
  const before = words[at - 1] ?? "";
  if (["안", "못", "덜", "not", "아직안"].includes(before)) return true;
  // 코팅 안 된 봉투, 오염 없는 용기; 깨져서 안 쓰는 컵 is broken.
  if (!isVerb(words[at] ?? "") && denials.test(words.slice(at + 1, at + 3).join(""))) return true;
  // 깨진 거 아니고 멀쩡한 유리병
  if (words.slice(at + 1, at + 3).some((next) => isWord(next, "removed"))) return true;
  return /지(?:는|도)?(?:않|안|못)/.test(words.slice(at, at + 2).join(""));
}

const denials = /^(?:(?:안|못|덜)(?:된|되|돼|됐|한|해|했|묻|있)|없[는이다어음])/;

/**
 * The category of what is of this category, in the condition it is in. Sources: 훈령 제18호 별표 1 (broken glass and lamps,
 * coated paper), 분리배출.kr (shredded paper, what does not wash clean, worn clothes).
 */
export function categoryInState(
  category: Item["category"],
  states: ReadonlySet<State>,
): Item["category"] {
  const rule = RULES.find(
    ({ when, from }) => when.some((state) => states.has(state)) && from.includes(category),
  );
  return rule?.to ?? category;
}

/** Whether there is a condition in which what is of one category belongs to the other. */
export function isCondition(from: Item["category"], to: Item["category"]): boolean {
  return RULES.some((rule) => rule.to === to && rule.from.includes(from));
}

const RULES: readonly {
  readonly when: readonly State[];
  readonly from: readonly Item["category"][];
  readonly to: Item["category"];
}[] = [
  { when: ["broken"], from: ["유리병", "조명제품"], to: "불연성종량제폐기물" },
  { when: ["coated", "shredded"], from: ["종이"], to: "일반종량제폐기물" },
  {
    when: ["stained"],
    from: ["종이", "종이팩", "플라스틱류", "비닐류", "발포합성수지", "의류및원단"],
    to: "일반종량제폐기물",
  },
  { when: ["torn", "wet", "single"], from: ["의류및원단"], to: "일반종량제폐기물" },
  { when: ["coloured"], from: ["무색페트병"], to: "플라스틱류" },
];
