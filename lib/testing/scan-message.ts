import type { ScanMessage } from "#lib/scan/scan-message.ts";

/** The message of an accepted scan, as it lies in a queue; `more` is what differs, and what its stages have added. */
export function scanMessage(more: Partial<ScanMessage> = {}): ScanMessage {
  return {
    job_id: Bun.randomUUIDv7(),
    user_id: `user-${crypto.randomUUID()}`,
    image_url: "https://images.test/a.jpg",
    user_input: "",
    model: "gpt-5.2",
    submitted_at: Date.now(),
    ...more,
  };
}

/** What the stages add to the message of a glass bottle. */
export const glassVision = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: "소주병",
  },
  situation_tags: [],
  meta: { user_input: "", model: "gpt-5.2", estimate: false },
} satisfies ScanMessage["vision"];
export const glassAnswer = {
  disposal_steps: {},
  insufficiencies: [],
  user_answer: "답",
} satisfies ScanMessage["answer"];
