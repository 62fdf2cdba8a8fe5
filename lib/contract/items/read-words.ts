import QuickLRU from "quick-lru";
import { findMentions, type Mention } from "./find-mentions.ts";
import { foldText } from "./fold-text.ts";
import { bearers, headOf } from "./head-of.ts";
import { ITEM_NAMES, type Item, type NamedItem } from "./items.ts";
import { isMaterial, type Named, type Noun, nameOf } from "./name-noun.ts";
import { categoryInState, findStates, type State, type StateMention } from "./states.ts";
import { isBeside, isVerb, isWord, type Role, roleOf } from "./words.ts";

/** An item somebody wants to throw away, in the condition they say it is in. */
export interface SaidItem extends NamedItem {
  readonly states: ReadonlySet<State>;
  /** That of the item, unless its condition belongs to another one. */
  readonly category: Item["category"];
}

export interface Reading {
  /** What is to be thrown away, in the order it is mentioned; several only where several are meant. */
  readonly items: readonly SaidItem[];
  /** A noun that is to be thrown away and that no item is called by. */
  readonly unknown?: string;
}

/**
 * What a user's own words say is to be thrown away.
 *
 * In Korean the last noun is the head: 박스에 붙은 테이프 is a tape, 노트북 가방 a bag, and a known word
 * before an unknown head (정수기 꼭다리) says nothing about it. Places, means and contents are told by
 * their particles, what is excluded by 말고 and 아니고. Text is data: nothing in it is followed.
 */
export function readWords(text: string): Reading {
  const known = latest.get(text);
  if (known) return known;
  const reading = read(text);
  latest.set(text, reading);
  return reading;
}

/** Most people ask the same few questions, and each is read by several stages of its scan; reading takes some 40 µs. */
const latest = new QuickLRU<string, Reading>({ maxSize: 1_000 });

function read(text: string): Reading {
  const clauses = withSharedHeads(foldText(text).map(readClause));
  const items = new Map<Item, SaidItem>();
  for (const [i, clause] of clauses.entries()) {
    if (i > 0 && clause.isAside && items.size > 0) continue;
    for (const said of clause.items) items.set(said.item, said);
  }
  const unknown = clauses.find(
    (clause) => clause.unknown && !isPolite(clause, items.size),
  )?.unknown;
  return unknown === undefined
    ? { items: [...items.values()] }
    : { items: [...items.values()], unknown };
}

/** 양파, 마늘 껍질: a list goes on over its commas. */
function withSharedHeads(clauses: readonly Clause[]): Clause[] {
  return clauses.map((clause, i) => {
    const [name] = clause.items;
    if (!name || !clause.isName) return clause;
    const behind = clauses.slice(i + 1, i + 1 + listedMax);
    const end = behind.findIndex(({ isName }) => !isName);
    const list = end === -1 ? behind : behind.slice(0, end + 1);
    const own = list.flatMap(({ items }) => items).map((item) => withHeadOf(item, name));
    const shared = own.find((one) => one !== name);
    return shared ? { ...clause, items: [describe(shared, none)] } : clause;
  });
}
const listedMax = 8;

interface Clause extends Reading {
  /** What was taken off already, as in 테이프는 뗐어요. */
  readonly isAside: boolean;
  /** It is a name and nothing else, as each of a list but the last. */
  readonly isName?: boolean;
}
const none: ReadonlySet<State> = new Set();

/** An unknown word in a clause of its own beside known items is more often chat than an item. */
function isPolite(clause: Clause, known: number): boolean {
  return clause.items.length === 0 && known > 0;
}

function readClause(words: readonly string[]): Clause {
  const states = findStates(words);
  const mentions = withoutUnits(withRoles(findMentions(words), words), words);
  const nouns = mentions.filter((one): one is Noun => one.kind !== "word");
  const isAside = words.some(isTaken);
  const candidates = withoutAnswers(nouns.filter(({ role }) => !elsewhere.has(role)));
  // 샴푸통 펌프는 뺐어요: what is taken off already is not what is left.
  const left = candidates.flatMap((noun) => (isTakenOff(noun, words) ? wholeOf(noun) : [noun]));
  const said = [left, candidates, bearers(nouns, states)].find(({ length }) => length > 0) ?? [];
  const last = said.at(-1);
  if (!last) return { items: [], isAside };
  const head = headOf(last, said, nouns, { words, states });
  const ownStates = statesOf(head, head, nouns, states);
  const named = nameInState(nameOf(head, nouns, words), ownStates);
  if (!named) return { ...unknownHead(head, said, states), isAside };
  const before = listedBefore(head, said);
  const listed = before.flatMap((one) =>
    one.kind === "item"
      ? [describe(withHeadOf(named, one), statesOf(one, head, nouns, states))]
      : [],
  );
  const items = [...listed, describe(named, ownStates)];
  const unknown = before.find(({ kind }) => kind === "unknown")?.name;
  const isName = head.end === words.length && head.start === 0 && head.role === "bare";
  return { items, isAside, isName, ...(unknown === undefined ? {} : { unknown }) };
}

function isTaken(word: string): boolean {
  return isWord(word, "taken") || takenStems.some((stem) => word.startsWith(stem));
}
const takenStems = ["뗐", "떼었", "뺐", "뺏", "제거했", "분리했", "벗겼"];

/** 테이프 떼고: what is taken off before the rest is thrown away. */
function isTakenOff({ end }: Noun, words: readonly string[]): boolean {
  // 노트북 배터리만 뺐어요: it alone is meant.
  if (words[end - 1]?.endsWith("만")) return false;
  const word = words[end] ?? "";
  return isTaken(word) || takingOff.test(word);
}
const takingOff =
  /^(?:(?:떼|뜯|벗기|제거하|분리하)고|(?:떼|떼어|뜯어|벗겨|제거해|분리해)서|(?:떼|떼어|뜯어|벗겨)내고)$/;

/** 생수병 라벨 뗐어요: the bottle is left. */
function wholeOf(part: Noun): Noun[] {
  for (let length = part.folded.length - 1; length > 1; length--) {
    const named = ITEM_NAMES.get(part.folded.slice(0, length));
    if (!named || !ITEM_NAMES.has(part.folded.slice(length))) continue;
    const { start, end } = part;
    return [{ kind: "item", ...named, role: "bare", start, end }];
  }
  return [];
}

/** A word of its own may give the noun before it its role: 말고, 옆에, 그리고. */
function withRoles(mentions: readonly Mention[], words: readonly string[]): Mention[] {
  return mentions.map((mention, i) => {
    if (isAllWith(mention, mentions[i - 1], words)) return { ...mention, role: "at" };
    const next = mentions[i + 1];
    if (mention.kind === "word" || next?.kind !== "word") return mention;
    if (mention.role === "bare" && isCountedOn(words, mention.end)) {
      return { ...mention, role: "and" };
    }
    const role = roleBy(next.text, mention.role, words[next.end]);
    return role ? { ...mention, role } : mention;
  });
}

/** 머그컵 박스째: what it is in goes with it. */
function isAllWith(mention: Mention, before: Mention | undefined, words: readonly string[]) {
  if (mention.kind === "word" || before?.kind !== "item" || before.role !== "bare") return false;
  return before.end === mention.start && /째(?:로|요|로요)?$/.test(words[mention.end - 1] ?? "");
}

/** 소주병 2개랑, 책 세 권하고, 캔 열 개 그리고: another item follows what was counted. */
function isCountedOn(words: readonly string[], at: number): boolean {
  const [first = "", second = "", third = ""] = words.slice(at, at + 3);
  const isNumber = /^\d+$/.test(first) || isWord(first, "number");
  const [counted, next] = isNumber ? [second, third] : [first, second];
  if (!isNumber && !/^\d+[가-힣]/.test(counted) && !isCountWord(counted)) return false;
  return isWord(next, "more") || endsInAnd(counted);
}

/** 하나랑, 둘이랑. */
function isCountWord(word: string): boolean {
  return [1, 2].some((length) => isWord(word.slice(0, length), "number"));
}

/** 2개랑, 묶음이랑: the particles that list are of three syllables at most. */
function endsInAnd(word: string): boolean {
  return [1, 2, 3].some(
    (length) => length < word.length && roleOf(word.slice(-length), false) === "and",
  );
}

function roleBy(word: string, role: Role, after = ""): Role | undefined {
  // 배터리 없는 장난감: what is not there is not thrown away.
  if (isWord(word, "removed") || /^없[는이]/.test(word)) return "not";
  if (isWord(word, "more")) return "and";
  // 안 is "not" before a verb, "inside" elsewhere.
  // 국물 자국: of the soup there is a trace alone.
  if (role === "bare" && /^(?:자국|얼룩|흔적|등의)/.test(word)) return "of";
  const isInside = word !== "안" || !isVerb(after);
  return role === "bare" && isInside && isBeside(word) ? "at" : undefined;
}

/** "쌀 한 포대": a noun behind a number counts the one before it. */
function withoutUnits(mentions: readonly Mention[], words: readonly string[]): Mention[] {
  return mentions.filter((mention, i) => {
    if (mention.kind === "word" || !isWord(words[mention.start - 1] ?? "", "number")) return true;
    return !mentions.slice(0, i).some(({ kind }) => kind === "item");
  });
}

const elsewhere: ReadonlySet<Role> = new Set(["at", "not", "of"]);

/**
 * What is asked about a thing does not name it: "볼펜은 플라스틱인가요?", "종이인지 비닐인지", "음식물이에요,
 * 일반쓰레기예요?" Such words are items only where one of them stands alone and is no question.
 */
function withoutAnswers(nouns: readonly Noun[]): Noun[] {
  const answers = nouns.filter((noun, i) => {
    const isListed = noun.role === "and" || nouns[i - 1]?.role === "and";
    return !isListed && isAnswer(noun, nouns.length > 1);
  });
  const isAsked = answers.length > 1 || answers.some(({ role }) => role === "doubt");
  return answers.length < nouns.length || isAsked
    ? nouns.filter((noun) => !answers.includes(noun))
    : [...nouns];
}

function isAnswer(noun: Noun, isAmong: boolean): boolean {
  if (isWord(noun.folded, "category")) return true;
  // What is dangerous is never dropped. Glass is, as long as nobody says that it is broken.
  const hazard = noun.kind === "item" ? noun.item.hazard : undefined;
  if (hazard !== undefined && hazard !== "glass") return false;
  return isMaterial(noun) && (noun.role === "doubt" || (isAmong && noun.role === "end"));
}

/**
 * A head nobody knows, with the noun it belongs to, beside what was listed before it. What is dangerous is never
 * dropped: 살충제 꼭다리 is unknown, and may hold what the other does.
 */
function unknownHead(head: Noun, said: readonly Noun[], states: readonly StateMention[]): Reading {
  const described = said.findLast(({ end, role }) => end === head.start && role === "bare");
  const isDangerous = described?.kind === "item" && described.item.hazard !== undefined;
  const known = [...listedBefore(head, said), ...(isDangerous ? [described] : [])];
  const listed = known.flatMap((one) =>
    one.kind === "item" ? [describe(one, statesOf(one, head, said, states))] : [],
  );
  return { items: listed, unknown: described ? `${described.name} ${head.name}` : head.name };
}

/** The nouns listed before the head: 옷이랑 신발. */
function listedBefore(head: Noun, said: readonly Noun[]): Noun[] {
  const before = said.slice(0, Math.max(0, said.indexOf(head)));
  const other = before.findLastIndex(({ role }) => role !== "and");
  return before.slice(other + 1);
}

/** 양파랑 마늘 껍질 are the skins of both: the head of the last of a list is that of those before it. */
function withHeadOf({ folded }: NamedItem, listed: NamedItem): NamedItem {
  for (let length = folded.length - 1; length > 0; length--) {
    const own = ITEM_NAMES.get(listed.folded + folded.slice(length));
    if (own && ITEM_NAMES.has(folded.slice(0, length))) return own;
  }
  return listed;
}

/** 페인트통 빈 거 is a 빈 페인트통: a condition is said before a thing or behind it. */
function nameInState(named: Named | undefined, states: ReadonlySet<State>): Named | undefined {
  const own = stateNames.find(
    ([state, word]) => named && states.has(state) && ITEM_NAMES.has(word + named.folded),
  );
  return (named && own && ITEM_NAMES.get(own[1] + named.folded)) ?? named;
}
const stateNames: readonly (readonly [State, string])[] = [
  ["empty", "빈"],
  ["full", "남은"],
  ["broken", "깨진"],
];

function describe({ item, name, folded, category }: Named, states: ReadonlySet<State>): SaidItem {
  return {
    item,
    name,
    folded,
    states,
    category: categoryInState(category ?? item.category, states),
  };
}

function statesOf(
  noun: Noun,
  head: Noun,
  nouns: readonly Noun[],
  states: readonly StateMention[],
): ReadonlySet<State> {
  const own = states.filter(({ at }) => bearerOf(at, nouns, head) === noun);
  return new Set(own.map(({ state }) => state));
}

/** A condition is that of the next noun (깨진 컵), behind the last one that of the head (컵이 깨졌어요). */
function bearerOf(at: number, nouns: readonly Noun[], head: Noun): Noun {
  return nouns.find((one) => one.end > at && (one.kind === "item" || one === head)) ?? head;
}
