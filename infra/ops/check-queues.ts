import type { ChannelModel } from "amqplib";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { ConfirmedChannel } from "#lib/queue/confirmed-channel.ts";
import { takeDeadLetters } from "#lib/queue/dead-letters.ts";
import { ageText } from "./age-text.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import { countDeadLetters, createdAt } from "./look-at-letters.ts";

/** Older than that in a task's queue, and its workers do not keep up. */
const waitingMaxMs = 5 * 60_000;
/** The redrive comes every 5 min: older than that, and it does not get there. */
const deadMaxMs = 60 * 60_000;

export async function checkConsumers(broker: ChannelModel): Promise<Finding> {
  const counts = await eachTask(broker, async (channel, task) => ({
    task,
    consumers: (await channel.checkQueue(task)).consumerCount,
  }));
  const idle = counts.filter(({ consumers }) => consumers === 0).map(({ task }) => task);
  const fewest = Math.min(...counts.map(({ consumers }) => consumers));
  return idle.length === 0
    ? ok(`every task's queue has a consumer, at least ${fewest}`)
    : breach(`nobody consumes ${some(idle)}`);
}

export async function checkWaiting(broker: ChannelModel, now = Date.now()): Promise<Finding> {
  const heads = await eachTask(broker, async (channel, task) => {
    const { messageCount } = await channel.checkQueue(task);
    const [head] = await takeDeadLetters(new ConfirmedChannel(channel), task, 1);
    channel.nackAll(true);
    return { task, messageCount, ageMs: now - (createdAt(head?.body) ?? now) };
  });
  const waiting = heads.reduce((sum, { messageCount }) => sum + messageCount, 0);
  const late = heads.filter(({ ageMs }) => ageMs > waitingMaxMs);
  const oldest = Math.max(...heads.map(({ ageMs }) => ageMs));
  return late.length === 0
    ? ok(`${waiting} messages wait, the oldest for ${ageText(oldest)}`)
    : breach(`work is late: ${some(late.map((one) => `${one.task} by ${ageText(one.ageMs)}`))}`);
}

export async function checkDeadLetters(broker: ChannelModel): Promise<Finding> {
  const channel = await broker.createConfirmChannel();
  try {
    const counts = await countDeadLetters({ confirmed: new ConfirmedChannel(channel) });
    const sum = (of: (one: (typeof counts)[number]) => number) =>
      counts.reduce((total, one) => total + of(one), 0);
    const total = `${sum((one) => one.dead)} dead letters, ${sum((one) => one.archived)} archived`;
    const late = counts.filter(({ deadForMs }) => (deadForMs ?? 0) > deadMaxMs);
    if (late.length === 0) return ok(total);
    const named = late.map(({ task, deadForMs }) => `${task} for ${ageText(deadForMs ?? 0)}`);
    return breach(`${total}; the redrive does not get to ${some(named)}`);
  } finally {
    await channel.close();
  }
}

async function eachTask<T>(
  broker: ChannelModel,
  look: (
    channel: Awaited<ReturnType<ChannelModel["createConfirmChannel"]>>,
    task: (typeof TASK_NAMES)[number],
  ) => Promise<T>,
): Promise<T[]> {
  const channel = await broker.createConfirmChannel();
  try {
    const seen: T[] = [];
    for (const task of TASK_NAMES) seen.push(await look(channel, task));
    return seen;
  } finally {
    await channel.close().catch(() => undefined);
  }
}
