import type { Language, PageName } from "../page.ts";
import { pathOf } from "../page.ts";
import type { Words } from "../words/words.ts";

/** What the document says in its language. */
export const words: Words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export const language: Language = document.documentElement.lang === "en" ? "en" : "ko";

/** Of an answer of the API, where the page is in another language: a screen reader then speaks it as what it is. */
export const answerLanguage = language === "ko" ? undefined : "ko";

/** The address of a page in the language of this one. */
export const linkTo = (page: PageName): string => pathOf(page, language);

export const locale = language === "ko" ? "ko-KR" : "en-GB";

export function dateText(iso: string): string {
  return new Date(iso).toLocaleDateString(locale, {
    year: "numeric",
    month: "long",
    day: "numeric",
  });
}

export function dayAndTime(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** The name of a category in the language of the page. */
export function categoryName(category: string): string {
  const names: Readonly<Record<string, string>> = words.category;
  return names[category] ?? category;
}
