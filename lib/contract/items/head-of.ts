import { isMaterial, isPartOf, type Noun } from "./name-noun.ts";
import type { StateMention } from "./states.ts";
import { isDescribing, type Role } from "./words.ts";

/**
 * Where everything said is a place, a means or a whole, what something happens to is meant (건전지에서
 * 샜어요), or what is spoken of (냉장고의 경우는).
 */
export function bearers(nouns: readonly Noun[], states: readonly StateMention[]): Noun[] {
  const place = nouns.findLast(({ role }) => role === "at");
  if (place && states.some(({ at }) => at >= place.end)) return [place];
  const whole = nouns.findLast(({ role }) => role === "of");
  return whole ? [whole] : [];
}

/**
 * The noun the clause is about: the last one, unless it only says what another is made of (뚜껑이
 * 금속이에요), what is on or in it (참치캔에 기름이 남았어요), or is nothing but the object of a verb.
 */
export function headOf(
  last: Noun,
  said: readonly Noun[],
  nouns: readonly Noun[],
  clause: { readonly words: readonly string[]; readonly states: readonly StateMention[] },
): Noun {
  const { words, states } = clause;
  // 국물이랑 면: in a list it is a thing.
  const isListed = said.at(-2)?.role === "and";
  if (isMaterial(last) && !isListed && (last.role === "end" || last.role === "bare")) {
    const made = said.findLast(
      (one) => one.kind === "item" && one.role !== "and" && !isMaterial(one),
    );
    if (made && isPartOf(last, made)) return last;
    // 텔레비전 받침대 유리: of a thing nobody knows, which is no television.
    const between = said.find(({ end, start }) => end === last.start && start === made?.end);
    if (between?.kind === "unknown" && made?.role === "bare") return between;
    if (made && !isDescribed(words, made.end, last.start)) return made;
  }
  const bearer = isOnAnother(last, words) ? bearerBefore(last, nouns) : haverOf(last, nouns, words);
  if (bearer) return bearer;
  if (last.role === "subject" && states.some(({ at }) => at >= last.end)) {
    const holder = nouns.findLast(
      (one) => one.kind === "item" && one.end <= last.start && holders.has(one.role),
    );
    if (holder && !isDescribed(words, holder.end, last.start)) return holder;
  }
  if (last.kind === "unknown" && !isHead(last, said, words)) {
    return said.findLast((one) => one.kind === "item" && one.role !== "and") ?? last;
  }
  return last;
}

/** 의자 바퀴달린 거, 캔 기름 묻은 것, 박스 테이프붙음: what is on a thing, said behind it. What is dangerous is never dropped. */
function isOnAnother(noun: Noun, words: readonly string[]): boolean {
  if (noun.kind === "item" && noun.item.hazard !== undefined) return false;
  const isWritten = onAnother.test(words[noun.end - 1] ?? "");
  return isWritten || onAnother.test(words[noun.end] ?? "");
}
const onAnother =
  /(?:묻은|묻음|묻었\S*|붙은|붙음|붙었\S*|달린|담긴|박힌|씌운|들어있는)(?:거|것|거요)?$/;

/** 유리병인데 펌프가 있어요: what it is said to have is on it. */
function haverOf(last: Noun, nouns: readonly Noun[], words: readonly string[]): Noun | undefined {
  if (last.role !== "subject" || !/^(?:있|달려|붙어)/.test(words[last.end] ?? "")) return undefined;
  if (last.kind === "item" && last.item.hazard !== undefined) return undefined;
  const isTopic = ({ kind, end }: Noun) => kind === "item" && /인데요?$/.test(words[end - 1] ?? "");
  return nouns.findLast((one) => one !== last && one.end <= last.start && isTopic(one));
}

/** What it is on: the thing before it, and of 캔 참치 기름 the one before both. */
function bearerBefore(noun: Noun, nouns: readonly Noun[]): Noun | undefined {
  const before = nouns.filter(
    ({ kind, end, role }) => kind === "item" && end <= noun.start && bearing.has(role),
  );
  const next = before.at(-1);
  const isContent = next?.role === "bare" && next.end === noun.start && before.length > 1;
  return isContent ? before.at(-2) : next;
}
const bearing: ReadonlySet<Role> = new Set(["at", "topic", "subject", "bare"]);

const holders: ReadonlySet<Role> = new Set(["at", "topic", "subject"]);

/** Whether the words between two nouns describe the second by the first: 박스에 붙은 테이프. */
function isDescribed(words: readonly string[], from: number, to: number): boolean {
  return words.slice(from, to).some(isDescribing);
}

/**
 * Whether a noun nobody knows is what is to be thrown away. Behind a noun it belongs to it (정수기
 * 꼭다리), and so behind a verb that describes it; after 은, 을 it may be any other word.
 */
function isHead(noun: Noun, said: readonly Noun[], words: readonly string[]): boolean {
  const before = said.findLast((one) => one.kind === "item");
  if (!before) return true;
  if (before.role === "and") return true;
  if (before.end === noun.start) return before.role === "bare";
  return isDescribing(words[noun.start - 1] ?? "");
}
