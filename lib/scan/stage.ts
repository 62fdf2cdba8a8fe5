/** What a scan goes through, in order; `done` is no work, it only says that the scan has ended. */
export const STAGES = ["queued", "vision", "rule", "answer", "reward", "done"] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES = ["started", "completed", "failed"] as const;
export type StageStatus = (typeof STATUSES)[number];
