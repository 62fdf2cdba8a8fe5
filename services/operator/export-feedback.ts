import { withoutPersonal } from "./without-personal.ts";

/** What the owner of a completed scan said of its answer. */
export interface GivenFeedback {
  readonly verdict: "right" | "wrong";
  /** What would have been right, where the owner said so. */
  readonly category: string | null;
  readonly note: string | null;
  readonly userInput: string;
  /** The category that the scan had answered with. */
  readonly answered: string;
}

/** A question in the form of `infra/eval/questions.json`. While `reviewed` is false the evaluation refuses it. */
export interface FeedbackCase {
  readonly say: string;
  /** Empty where the owner did not say what is right: the reviewer does. */
  readonly accept: readonly string[];
  readonly source: "feedback · kind feedback";
  readonly reviewed: false;
  readonly answered: string;
  readonly note?: string;
}

export interface FeedbackExport {
  readonly cases: readonly FeedbackCase[];
  /** Feedback on scans without words, or with none that are left: its photo is not exported. */
  readonly wordless: number;
}

/**
 * Feedback as cases of the evaluation, each once, for a person to review. Anonymous: nothing of a user, a job, a photo
 * or a day, no order that tells of one, and no text that looks personal (`withoutPersonal`).
 */
export function exportFeedback(given: readonly GivenFeedback[]): FeedbackExport {
  const cases = given.map(toCase);
  const spoken = cases.filter(({ say }) => say !== "");
  const once = new Map(spoken.map((one) => [JSON.stringify(one), one]));
  const sorted = [...once].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return { cases: sorted, wordless: cases.length - spoken.length };
}

function toCase({ verdict, category, note, userInput, answered }: GivenFeedback): FeedbackCase {
  const right = verdict === "right" ? answered : category;
  const said = withoutPersonal(note ?? "");
  return {
    say: withoutPersonal(userInput),
    accept: right === null ? [] : [right],
    source: "feedback · kind feedback",
    reviewed: false,
    answered,
    ...(said === "" ? {} : { note: said }),
  };
}
