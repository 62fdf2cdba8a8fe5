import { isTaskName, type TaskName } from "#lib/contract/task.ts";

/** A queue an operator may work on. */
export interface DlqQueue {
  readonly name: string;
  readonly task: TaskName;
  readonly isArchive: boolean;
}

/** `scan.answer` and `dlq.scan.answer` are its dead letters, `archive.scan.answer` its archive. */
export function readQueueName(text: string): DlqQueue | undefined {
  const isArchive = text.startsWith("archive.");
  const task = text.replace(/^(dlq|archive)\./, "");
  if (!isTaskName(task)) return undefined;
  return { name: `${isArchive ? "archive" : "dlq"}.${task}`, task, isArchive };
}
