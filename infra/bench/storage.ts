import { createBench } from "./bench.ts";
import { storageFigures } from "./storage-figures.ts";
import { measureStorage, storageText } from "./storage-measure.ts";

export const storage = createBench({
  name: "storage",
  measures:
    "Ownership grants from the queue into PostgreSQL: grants a second, and how long one takes",
  steps: {
    full: [{ grants: 25_000, seconds: 20 }],
    quick: [{ grants: 250, seconds: 2 }],
  },
  start: async (step, context) => ({ run: () => measureStorage(step, context) }),
  summary: storageText,
  figures: storageFigures,
});
