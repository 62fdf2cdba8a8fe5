import { deflateSync, inflateSync } from "node:zlib";
import * as v from "valibot";
import { type OwnedResult, StoredResult } from "#lib/scan/scan-result.ts";

/** The result of a scan and its owner, as Redis keeps them: a third of their JSON, for 12 µs. */
export function compressResult({ userId, result }: OwnedResult): Buffer {
  return deflateSync(JSON.stringify({ user_id: userId, ...result }), { level: 1, dictionary });
}

/** Undefined for what was compressed with another release's dictionary: Postgres has it as well. */
export function decompressResult(bytes: Buffer): OwnedResult | undefined {
  const text = bytes[0] === openingBrace ? bytes : inflate(bytes);
  if (!text) return undefined;
  const { user_id: userId, ...result } = v.parse(CachedResult, JSON.parse(text.toString()));
  return { userId, result };
}

const CachedResult = v.object({ user_id: v.string(), ...StoredResult.entries });

/** Earlier releases wrote plain JSON. */
const openingBrace = "{".charCodeAt(0);

function inflate(bytes: Buffer): Buffer | undefined {
  try {
    return inflateSync(bytes, { dictionary });
  } catch {
    return undefined;
  }
}

/** A scan like most: what a result shares with it is not written again. */
const typical = {
  user_id: "",
  status: "completed",
  vision: {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "무색페트병",
      minor_category: "",
    },
    situation_tags: ["내용물_없음", "비닐_라벨_완전_제거됨"],
    meta: { user_input: "", model: "gpt-5.2", estimate: false },
  },
  answer: {
    disposal_steps: { 단계1: "내용물을 비우고 물로 헹궈요.", 단계2: "", 단계3: "" },
    insufficiencies: [],
    user_answer: "수거함에 넣어 주세요.",
  },
  reward: {
    received: true,
    already_owned: false,
    character_code: "char-",
    name: "",
    dialog: "",
    match_reason: "",
  },
  error: null,
};
const dictionary = Buffer.from(JSON.stringify(typical));
