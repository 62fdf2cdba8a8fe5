import { createBench } from "./bench.ts";
import { usersFigures } from "./users-figures.ts";
import { measureUsers, usersText } from "./users-measure.ts";

/**
 * The users come within one floor, go through one more as a warm-up, and are watched through three: whole
 * rounds, so that every user counts alike and a wave of arrivals, if there is one, as often as its trough.
 */
const full = { visionMs: 6_900, answerMs: 4_800, warmUpMs: 2 * 11_700, windowMs: 3 * 11_700 };
const quick = { visionMs: 100, answerMs: 80, warmUpMs: 2 * 180, windowMs: 2_000 };

/** Closed-loop users of the whole system: HTTP and SSE, edge and worker, and a model that takes its time. */
export const users = createBench({
  name: "users",
  measures:
    "virtual users who submit, follow the event stream to the end and start over, against edge and " +
    "worker with a model that takes 6.9 s and 4.8 s",
  steps: {
    full: [250, 500, 1_000, 2_500, 5_000].map((count) => ({ users: count, ...full })),
    quick: [5, 10].map((count) => ({ users: count, ...quick })),
  },
  start: async (level, context) => ({ run: () => measureUsers(level, context) }),
  summary: usersText,
  figures: usersFigures,
});
