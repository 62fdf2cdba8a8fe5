import { createHash } from "node:crypto";
import itemsText from "./items.tsv" with { type: "text" };
import materialsText from "./materials.tsv" with { type: "text" };
import particlesText from "./particles.tsv" with { type: "text" };
import statesText from "./states.tsv" with { type: "text" };
import wordsText from "./words.tsv" with { type: "text" };

/** What the tables of items were when a scan was answered: it changes with every edit of one. */
export const itemsVersion = createHash("sha256")
  .update([itemsText, materialsText, particlesText, statesText, wordsText].join())
  .digest("hex")
  .slice(0, 12);
