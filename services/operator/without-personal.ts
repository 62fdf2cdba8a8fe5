/**
 * The text without what looks like a person: addresses of mail, of the web and of houses, and numbers that reach or
 * name somebody (telephone, resident registration, card, account, number plate). Names in a sentence look like any
 * other word: a person reads every case before it is used.
 */
export function withoutPersonal(text: string): string {
  const plain = text.normalize("NFKC");
  return PERSONAL.reduce((left, pattern) => left.replace(pattern, " "), plain)
    .replaceAll(/\s+/g, " ")
    .trim();
}

const PERSONAL: readonly RegExp[] = [
  /\S+\s*(?:@|\(at\)|\[at\]|골뱅이)\s*[\w-]+(?:\s*(?:\.|\(dot\)|\[dot\]|닷|점)\s*[\w-]+)*/giu,
  /(?:^|(?<=\s))@[\w.]+/gu,
  /(?:https?:\/\/|www\.)\S+/giu,
  /\b[\w.-]+\.(?:com|net|org|kr|io|me)\b\S*/giu,
  // Seven digits and more with what people write between them: 010-1234-5678, 900101-1234567, +82 10 …
  /\+?\(?\p{Nd}(?:[\s().~/-]{0,2}\p{Nd}){6,}/gu,
  /(?:[공영일이삼사오육칠팔구](?:[\s,-]{0,2})){8,}/gu,
  // Houses: 101동 1203호, 테헤란로 123-4, 12-3번지. Without the road of 버스로 10분 and the sides of 가로 120.
  /\p{Nd}+동\s*\p{Nd}+호/gu,
  /(?!가로로|세로로)[가-힣\p{Nd}]{2,}(?:(?<!으)로|길)\s*\p{Nd}+(?:-\p{Nd}+)?(?:번지|번길|호|(?![가-힣\p{Nd}]))/gu,
  /\p{Nd}+(?:-\p{Nd}+)?\s*번지/gu,
  /\p{Nd}{2,3}\s?[가-힣]\s?\p{Nd}{4}/gu,
];
