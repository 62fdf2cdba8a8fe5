/** What a piece of a streamed reply means: text of the answer, or that all before was none. */
export type Said = string | typeof RESTART;
export const RESTART = Symbol("what was written was a thought");

const thoughts = "think|thinking|thoughts?|reasoning|analysis";
/** `[THINK]` is Mistral's, the channels are gpt-oss's. */
const opening = new RegExp(
  `<(?:${thoughts})>|\\[THINK\\]|<\\|channel\\|>(?:analysis|commentary)[^<]{0,40}<\\|message\\|>`,
  "i",
);
/** Also without the opening tag, which some chat templates swallow. */
const closing = new RegExp(
  `</(?:${thoughts})>|\\[/THINK\\]|<\\|channel\\|>final[^<]{0,40}<\\|message\\|>`,
  "i",
);
const otherMarks = /<\|[a-z_]{1,30}\|>/gi;
/** A mark that may still be under way. The longest: `<|channel|>analysis … <|message|>`. */
const openMark = /(?:<[^<>\n]{0,12}|\[\/?T?H?I?N?K?|<\|channel\|>[^<]{0,60}(?:<[^<>]{0,12})?)$/i;
const markCharsMax = 100;
/** No mark is without one. */
const mayBeMark = /[<[]/;

/**
 * Takes a model's thoughts out of a reply that streams, where its server leaves them in the text. What may be the
 * beginning of a mark is held back until it is known.
 */
export class ThoughtFilter {
  #held = "";
  #isThinking = false;
  #hasBegun = false;

  push(piece: string): Said[] {
    this.#held += piece;
    if (this.#isThinking || mayBeMark.test(this.#held)) return this.#read(false);
    const text = this.#held;
    this.#held = "";
    return this.#text(text);
  }

  /** What was held back at the end of the reply. */
  end(): Said[] {
    return this.#read(true);
  }

  #read(isEnd: boolean): Said[] {
    const said: Said[] = [];
    for (;;) {
      const mark = (this.#isThinking ? closing : either).exec(this.#held);
      if (!mark) break;
      const before = this.#held.slice(0, mark.index);
      this.#held = this.#held.slice(mark.index + mark[0].length);
      const isClosing = closing.test(mark[0]);
      if (!isClosing) said.push(...this.#text(before));
      else if (!this.#isThinking) {
        // Thoughts without an opening tag, of which some have been taken for the answer.
        if (this.#hasBegun) said.push(RESTART);
        this.#hasBegun = false;
      }
      this.#isThinking = !isClosing;
    }
    if (this.#isThinking) {
      this.#held = isEnd ? "" : this.#held.slice(-markCharsMax);
      return said;
    }
    const open = isEnd ? null : openMark.exec(this.#held);
    const until = open ? open.index : this.#held.length;
    said.push(...this.#text(this.#held.slice(0, until)));
    this.#held = this.#held.slice(until);
    return said;
  }

  #text(text: string): string[] {
    const clean = text.replaceAll(otherMarks, "");
    // Blank lines before the answer are what thoughts leave behind.
    const own = this.#hasBegun ? clean : clean.trimStart();
    if (own) this.#hasBegun = true;
    return own ? [own] : [];
  }
}

const either = new RegExp(`${opening.source}|${closing.source}`, "i");
