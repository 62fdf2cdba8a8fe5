/** The stages of a scan that has not ended, in order. */
export const OPEN_STAGES = ["queued", "vision", "rule", "answer", "reward"] as const;
export type OpenStage = (typeof OPEN_STAGES)[number];

/** All stages. `done` is not work: the scan has ended. */
export const STAGES = [...OPEN_STAGES, "done"] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES = ["started", "completed", "failed"] as const;
export type StageStatus = (typeof STATUSES)[number];
