import type { ScanResult } from "#lib/client/create-client.ts";

type Output = NonNullable<ScanResult["pipeline_result"]>;

/** An answer in the order in which it is read: what may hurt comes first. */
export interface AnswerParts {
  readonly name: string | null;
  readonly major: string;
  /** Undefined where there is none but the major. */
  readonly material: string | undefined;
  readonly summary: string;
  readonly safety: readonly string[];
  readonly steps: readonly { readonly text: string; readonly icon: string }[];
  /** What is still to do, without what stands under safety. */
  readonly todo: readonly string[];
  readonly notHere: readonly string[];
  readonly source: { readonly title: string; readonly url: string } | undefined;
  readonly isEstimate: boolean;
  /** What it asks back, where the summary does not say it already. */
  readonly question: string | undefined;
}

export function answerParts(output: Output): AnswerParts {
  const { classification_result: seen, disposal_rules: rules, final_answer: answer } = output;
  const {
    major_category: major,
    middle_category: middle,
    minor_category: name,
  } = seen.classification;
  const { question } = seen.meta;
  const steps = Object.entries(answer.disposal_steps)
    .sort(([a], [b]) => a.localeCompare(b, "ko", { numeric: true }))
    .map(([, text]) => text);
  const safety = [...new Set([...answer.insufficiencies, ...steps].filter(isDanger))];
  return {
    name,
    major,
    material: middle === major ? undefined : middle,
    summary: answer.user_answer.replace(ESTIMATE_LABEL, ""),
    safety: safety.slice(0, safetyMax),
    steps: steps.map((text) => ({ text, icon: iconOf(text) })),
    todo: answer.insufficiencies.filter((text) => !safety.includes(text) && text !== question),
    notHere: rules?.배출불가_품목_안내 ?? [],
    source: rules ? { title: rules.출처.제목, url: rules.출처.주소 } : undefined,
    isEstimate: seen.meta.estimate,
    question: question && !answer.user_answer.includes(question) ? question : undefined,
  };
}

/** Whoever is warned of everything reads nothing. All of it is among the steps as well. */
const safetyMax = 3;

/** Said beside the answer by a mark of its own. */
const ESTIMATE_LABEL = /^\[로컬 추정\]\s*/;

/** Sentences about what burns, bursts, cuts or poisons. */
const DANGER =
  /위험|가스|깨진|깨지|다치|다칠|베이|베일|찔리|불꽃|불이 |화재|폭발|감전|독성|발열|단자|수은|날카|누액/;

function isDanger(sentence: string): boolean {
  return DANGER.test(sentence);
}

/** The first that is met says what a step is about. */
const ICONS: readonly (readonly [name: string, words: RegExp])[] = [
  ["warning", DANGER],
  ["water", /헹|씻|세척|물로/],
  ["empty", /비우|비워|남은|내용물/],
  ["label", /라벨|상표|스티커|테이프/],
  ["dry", /말리|말려|건조|물기/],
  ["press", /찌그러|누르|눌러|밟|압착|납작/],
  ["part", /떼|빼|제거|뚜껑|펌프|따로/],
  ["press", /접|펼|묶/],
  ["store", /보증금|가게|매장|소매점|반납/],
  ["bag", /종량제|봉투|마대/],
  ["bin", /수거함|배출|내놓|버려|버립/],
];

function iconOf(step: string): string {
  return ICONS.find(([, words]) => words.test(step))?.[0] ?? "leaf";
}
