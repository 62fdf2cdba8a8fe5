import { visibleText } from "#lib/contract/plain-text.ts";

/**
 * What a model writes, made fit to be shown: nothing hidden, no link that no source gave, no more than can be read, and
 * nothing of the instructions it was given. It is decided here and not by the model, which may have been talked into
 * anything. Text is held back only while it may become a link, or a quotation of the instructions.
 */
export class SafeText {
  readonly #links: readonly string[];
  readonly #secret: Secret;
  #unread = "";
  #isEnding = false;
  /** The end of what was shown. */
  #tail = "";
  #length = 0;
  /** The letters before `#unspelt`, of which the last ones are kept, and what was shown since they were taken. */
  #letters = "";
  #unspelt = "";

  /** @param links addresses that may be shown */
  constructor(links: readonly string[], secret: Secret) {
    this.#links = links;
    this.#secret = secret;
  }

  /** What may be shown now. @throws Leak */
  push(piece: string): string {
    let shown = "";
    // In slices, because what looks for a link looks at a text from many sides.
    for (let at = 0; at < piece.length && !this.isFull; at += sliceChars) {
      this.#unread += piece.slice(at, at + sliceChars);
      shown += this.#take(this.#endOfText());
    }
    return shown;
  }

  #endOfText(): number {
    const { length } = this.#unread;
    if (!mayEndOpen.test(this.#unread)) return length;
    const start = openLink.exec(this.#unread)?.index ?? length;
    return length - start > linkCharsMax ? length : start;
  }

  /** What was held back. @throws Leak */
  end(): string {
    this.#isEnding = true;
    return this.#take(this.#unread.length);
  }

  get isFull(): boolean {
    return this.#length >= replyCharsMax;
  }

  #take(until: number): string {
    const taken = this.#unread.slice(0, until);
    const isEnd = until === this.#unread.length && this.#isEnding;
    // What is drawn as one comes as one.
    const isPlainEnd = isEnd || !mayJoin.test(taken);
    const end = isPlainEnd ? until : (openCharacter.exec(taken)?.index ?? until);
    const text = this.#withoutLinks(visible(taken.slice(0, end)));
    this.#unread = this.#unread.slice(end);
    if (this.#quotes(text)) throw new Leak("instructions");
    const shown = clipped(text, replyCharsMax - this.#length);
    this.#length += shown.length;
    this.#tail = (this.#tail + shown).slice(-tailChars);
    return shown;
  }

  /** Letters are taken of many words of Korean together: they quote nothing. */
  #quotes(text: string): boolean {
    this.#unspelt += text;
    const isKorean = isKoreanOnly.test(text) && !latin.test(this.#letters);
    if (isKorean && this.#unspelt.length < sliceChars) return false;
    const letters = this.#letters + lettersOf(this.#unspelt);
    this.#unspelt = "";
    this.#letters = letters.slice(1 - runLettersMax);
    return this.#secret.has(letters);
  }

  /** What is shown already cannot be taken back, but what would make a link of it can be left out. */
  #withoutLinks(text: string): string {
    const before = this.#tail;
    return withoutForeignLinks(before + text, this.#links, before.length).slice(before.length);
  }
}

/** In UTF-16 units. */
export const replyCharsMax = 3_000;
const linkCharsMax = 500;
const sliceChars = 256;
const tailChars = 40;
/** Neither ASCII nor a syllable of Korean is drawn as one with what follows. */
const mayJoin = /[^\n -~가-힣]$/;
/** The end of a text that the next character may belong to. */
const openCharacter = /(?:\p{ExtPict}[\ufe0f\p{EMod}]*\u200d?)*[\ud800-\udbff]?$/u;

/** A model was talked into repeating its instructions. */
export class Leak extends Error {}

/** Instructions that must not be repeated; made once, since they are long. */
export class Secret {
  readonly #letters: string;

  constructor(instructions: string) {
    this.#letters = lettersOf(instructions);
  }

  /** Whether a run of letters stands in them. What they have in Korean is shorter than a run. */
  has(letters: string): boolean {
    if (!latin.test(letters)) return false;
    for (let start = 0; start + runLettersMax <= letters.length; start++) {
      if (this.#letters.includes(letters.slice(start, start + runLettersMax))) return true;
    }
    return false;
  }
}
/** Letters in a row that may stand in the instructions by chance; as many may be shown before it is known. */
const runLettersMax = 32;

const latin = /[a-z]/;
/** Every other letter may become a Latin one. */
const isKoreanOnly = /^[\n -@[-`{-~가-힣]*$/;

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** One line of somebody else's text. */
export function oneLine(text: string, charsMax: number): string {
  const line = withoutForeignLinks(visible(text), []).replace(/\s+/g, " ").trim();
  return clipped(line, charsMax).trim();
}

function clipped(text: string, charsMax: number): string {
  const cut = text.slice(0, Math.max(0, charsMax));
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Wide letters are read as narrow ones, by people and by what makes links of text. */
function visible(text: string): string {
  if (isVisible.test(text)) return text;
  const narrow = text.replace(/[\uff01-\uff5e]/g, (c) =>
    String.fromCharCode(c.charCodeAt(0) - 0xfee0),
  );
  return visibleText(narrow).replace(/\r/g, "");
}

/** What most of an answer in Korean is made of, of which nothing is hidden. */
const isVisible = /^[\n -~가-힣]*$/;

const dot = "[.\\u3002\\uff61]";
const path = "[^\\s<>\"'()\\[\\]{}|\\\\^`]*";
const domains = "kr|com|net|org|io|co|me|app|dev|info|biz|xyz|shop|site|link|click";
/** With a scheme, with `www.`, as a bare name or number of a host, as an address of mail, or in Markdown. */
const link = new RegExp(
  [
    `!?\\[([^\\]\\n]{0,200})\\]\\(${path}\\)`,
    `[a-z][a-z0-9+.-]{1,20}:\\/\\/${path}`,
    `(?:javascript|data|vbscript|mailto|tel|sms|intent|market):${path}`,
    `www${dot}${path}`,
    `[a-z0-9._%+-]+@[a-z0-9-]+${dot}${path}`,
    `(?:[a-z0-9-]+${dot})*[a-z0-9-]{2,}${dot}[a-z]{2,}(?![a-z])(?:[:/?#]${path})?`,
    `[가-힣\\d-]+${dot}(?:${domains})(?![a-z가-힣])(?:[:/?#]${path})?`,
    `[\\p{L}\\p{N}-]+${dot}(?:한국|닷컴|닷넷)(?![가-힣])(?:[:/?#]${path})?`,
    `\\d{1,3}(?:\\.\\d{1,3}){3}(?:[:/]${path})?`,
  ].join("|"),
  "giu",
);
/** The end of a text that may become a link. */
const openLink = new RegExp(
  [
    "!?\\[[^\\]\\n]{0,200}(?:\\](?:\\([^)\\s]*\\)?)?)?",
    `(?:[a-z][a-z0-9+.-]*:|[\\p{L}\\p{N}-]*${dot})${path}`,
    "[!-~\\u3002\\uff61\\u200b-\\u200f\\u2060\\ufeff\\uff01-\\uff5e]+",
  ]
    .map((one) => `(?:${one})$`)
    .join("|"),
  "iu",
);

/**
 * Nothing is a link, or may become one, without one of these characters, or one at its end that an address is made of.
 * Most words of an answer have none: to look for them costs a tenth of looking for a link.
 */
const mayBeLink = /[.:[\u3002\uff61]/;
const mayEndOpen = /[.:[\u3002\uff61]|[!-~\u3002\uff61\u200b-\u200f\u2060\ufeff\uff01-\uff5e]$/iu;

/** @param shown so many characters stay as they are */
function withoutForeignLinks(text: string, links: readonly string[], shown = 0): string {
  if (!mayBeLink.test(text)) return text;
  return text.replace(link, (found, label: string | undefined, at: number) => {
    const given = links.find((one) => found.startsWith(one));
    // What goes on as an address is another address.
    if (given !== undefined && !/^[\w/?&=#%~@+-]|^\.\w/.test(found.slice(given.length)))
      return found;
    const left = label === undefined ? "" : label.replace(link, "");
    return found.slice(0, Math.max(0, shown - at)) + (at < shown ? "" : left);
  });
}
