import type { OpsWords } from "../words/words.ts";

/** What the document says for this page alone. */
export const ops: OpsWords = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
