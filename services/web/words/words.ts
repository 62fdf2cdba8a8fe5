import type { ko } from "./ko.ts";
import type { opsKo } from "./ops-ko.ts";

/** Everything the pages say in one language. The Korean file has the shape, every other one fills it. */
export type Words = Text<typeof ko>;

/** What only the page for administrators says. */
export type OpsWords = Text<typeof opsKo>;

type Text<T> = { readonly [K in keyof T]: T[K] extends string ? string : Text<T[K]> };

/**
 * Puts values where a sentence names them.
 *
 * @example
 * fill("{n}개를 모았어요", { n: 3 }); // "3개를 모았어요"
 */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (name, key) => String(values[key] ?? name));
}
