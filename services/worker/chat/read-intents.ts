import type { Character } from "#lib/contract/character.ts";
import type { Intent, Understanding } from "../models/chat-model.ts";
import type { Topic } from "./turn-topic.ts";

export const intentsMax = 3;
export const confidenceMin = 0.6;
/** From here on nobody need be asked what a message wants. */
const sure = 0.8;

type Scored = Understanding["intents"];

/**
 * What a message asks, by its words and the dictionary of items. Most messages name a thing, or one of a few words that
 * leave no doubt: for those no model is paid, and none is waited for.
 */
export function intentsByRule(
  message: string,
  topic: Topic,
  {
    characters,
    hasPhoto,
  }: { readonly characters: readonly Character[]; readonly hasPhoto: boolean },
): Scored {
  const isAboutCharacters =
    character.test(message) || characters.some(({ name }) => message.includes(name));
  const isWhere = near.test(message) || (asksWhere.test(message) && !asksHow.test(message));
  const isAboutPoints = isWhere && points.test(message);
  const isAboutShops = isWhere && shops.test(message);
  const isBulky = topic.items.some(({ category }) => category === "대형폐기물");
  const names = topic.items.length > 0 || topic.wholes.length > 0;
  const isGreeting = greeting.test(message) && !names;
  const scores: [Intent, number][] = [
    ["collection_point", isAboutPoints ? 0.9 : 0],
    ["location", isAboutShops ? 0.9 : 0],
    ["character", isAboutCharacters ? 0.9 : 0],
    ["bulk_waste", bulk.test(message) || isBulky ? 0.85 : 0],
    ["waste", hasPhoto || names ? 0.85 : disposal.test(message) ? sure : 0],
    ["general", isGreeting ? sure : 0],
  ];
  const found = scores.filter(([, confidence]) => confidence >= confidenceMin);
  if (found.length === 0) return [{ intent: "general", confidence: confidenceMin }];
  return found.map(([intent, confidence]) => ({ intent, confidence }));
}

export function isSure(intents: Scored): boolean {
  return intents.some(({ confidence }) => confidence >= sure);
}

/** At most three, likeliest first; what nobody is sure of is `general`. */
export function chooseIntents(intents: Scored): Intent[] {
  const chosen = intents
    .filter(({ confidence }) => confidence >= confidenceMin)
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, intentsMax)
    .map(({ intent }) => intent);
  return chosen.length > 0 ? chosen : ["general"];
}

/** Whether a message asks what its user has scanned before. */
export function asksForScans(message: string): boolean {
  return ownScans.test(message);
}

const character = /캐릭터|도감|컬렉션|(?:모은|얻은|가진|받은) (?:친구|아이)/;
const ownScans =
  /(?:내|제|나의|저의|우리) ?(?:기록|이력|스캔|분석|사진)|(?:내가|제가|나는|저는|지난번|최근|요즘|어제|그저께|이전)[^?]{0,20}(?:스캔|찍|버린|버렸|분석|물어)|스캔 ?(?:기록|이력|내역|결과)/;
const points =
  /수거함|수거처|수거 ?장소|배출 ?장소|배출함|회수함|수거 ?거점|모으는 곳|받는 ?곳|버리는 ?곳|버릴 ?곳|재활용 ?(?:센터|정거장)|자원순환/;
const shops =
  /제로 ?웨이스트|리필|가게|매장|상점|샵|카페|빵집|식당|비건|업사이클|중고|고쳐|수리|공방|책방|서점|마트|시장|숙소|호텔/;
const near = /근처|주변|가까운|가까이|동네|내 위치|지금 있는|여기서/;
/** 수거함에 버려도 되는지 알려 주세요. */
const asksHow = /어떻게|(?:도|면) ?(?:되|돼|괜찮)|버리는 ?(?:법|방법)|해야/;
/** Not where to throw a thing away, which is a question for the rules. */
const asksWhere =
  /어디(?!(?:에|다|에다|로|서)? ?(?:버|내|넣|배출|둬|놔|두|놓))|위치|찾아|장소|(?:곳|데)(?:이|을|은|도)? ?(?:있|알려|어디|찾|좀)|있(?:어요|나요|을까|는지|습니까|니|어\?|나\?|어$)|알려 ?(?:줘|주)/;
const bulk =
  /대형 ?(?:폐기물|쓰레기)|(?:신고|배출) ?(?:필증|스티커)|스티커[^?]{0,10}(?:사|붙|얼마|구매)|폐기물 ?수수료/;
const disposal =
  /버리|버려|버릴|버린|버렸|분리 ?(?:배출|수거)|재활용|배출|내놓|내다|처분|폐기|종량제|쓰레기|수거|헹|씻|떼|비우|찌그|압착|recycl|throw ?(?:it |this )?away|dispos|trash/i;
const greeting = /^\s*(?:안녕|하이|헬로|hello|hi\b|hey\b|반가|고마|감사|ㅎㅇ|ㄱㅅ|땡큐|thank)/i;
