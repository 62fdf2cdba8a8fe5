import { answerLanguage, categoryName, words } from "./page-words.ts";

/** How one says it, which is what the scan reads: the API's own names are no everyday words. */
const MATERIALS: Readonly<Record<string, string>> = {
  무색페트병: "투명 페트병이에요",
  플라스틱류: "플라스틱이에요",
  비닐류: "비닐이에요",
  유리병: "유리병이에요",
  금속류: "고철이에요",
  종이: "종이예요",
  종이팩: "종이팩이에요",
  발포합성수지: "스티로폼이에요",
  의류및원단: "헌 옷이에요",
  전지: "건전지예요",
  조명제품: "형광등이에요",
  전기전자제품: "전자제품이에요",
};

interface MaterialQuestionProps {
  /** What the answer itself asks. */
  readonly question: string | undefined;
  onMaterial(hint: string): void;
}

/** Asks of what a thing is made that a photo alone cannot tell; a tap scans it again with that. */
export function MaterialQuestion({ question, onMaterial }: MaterialQuestionProps) {
  return (
    <section class="estimate" aria-labelledby="material-title">
      <p>
        <strong class="badge">{words.answer.estimate}</strong> {words.answer.estimateNote}
      </p>
      <h3 id="material-title">{words.answer.material}</h3>
      {question && <p lang={answerLanguage}>{question}</p>}
      <p class="quiet small">{words.answer.materialNote}</p>
      <ul class="chips">
        {Object.entries(MATERIALS).map(([category, hint]) => (
          <li key={category}>
            <button type="button" class="chip" onClick={() => onMaterial(hint)}>
              {categoryName(category)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
