import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanResult } from "#lib/scan/scan-result.ts";
import type { Collection } from "../../services/users/collection.ts";

/** One event as a line: `   412 ms  vision   completed   25 %`. */
export function describeEvent({ stage, status, progress }: ScanEvent, ms: number): string {
  return `${String(ms).padStart(6)} ms  ${stage.padEnd(7)} ${status.padEnd(9)} ${String(progress).padStart(4)} %`;
}

/** A finished scan as the user of the app reads it. */
export function describeResult(
  result: ScanResult,
  characters: Collection["characters"],
  ms: number,
): string {
  const { pipeline_result: output, error } = result;
  if (!output) return `\n분석하지 못했어요: ${error?.message ?? result.message}`;
  const { classification_result: seen, disposal_rules: rules, final_answer: answer } = output;
  const { major_category, middle_category, minor_category } = seen.classification;
  const names = [...new Set([major_category, middle_category, minor_category])].filter(Boolean);
  const estimate = seen.meta.estimate ? " (로컬 추정)" : "";
  return [
    "",
    `분류       ${names.join(" › ")}${estimate}`,
    `상태       ${seen.situation_tags.join(", ") || "-"}`,
    `근거       ${rules ? `${rules.이름} · ${rules.출처.제목}` : "-"}`,
    "",
    answer.user_answer,
    "",
    ...Object.entries(answer.disposal_steps).map(([name, step]) => `  ${name}  ${step}`),
    "",
    `남은 일    ${answer.insufficiencies.join(" / ") || "없어요"}`,
    `캐릭터     ${describeReward(result)}`,
    `내 캐릭터  ${characters.map(({ name }) => name).join(" · ") || "없어요"}`,
    "",
    `${seen.meta.model} · ${(ms / 1000).toFixed(1)} s`,
  ].join("\n");
}

function describeReward({ reward, pipeline_result }: ScanResult): string {
  if (reward?.received) return `${reward.name}을(를) 얻었어요! "${reward.dialog}"`;
  if (reward?.already_owned) return `${reward.name}은(는) 이미 가지고 있어요.`;
  const isEstimate = pipeline_result?.classification_result.meta.estimate;
  return isEstimate ? "로컬 추정으로는 얻을 수 없어요." : "이번에는 없어요.";
}
