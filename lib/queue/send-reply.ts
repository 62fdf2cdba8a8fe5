import type { ConfirmChannel } from "amqplib";
import type { ReplyAddress } from "./confirmed-channel.ts";

/** Replies to an RPC. A reply that nobody receives is lost, and its caller runs into its timeout. */
export function sendReply(channel: ConfirmChannel, address: ReplyAddress, reply: unknown): void {
  const { replyTo, correlationId } = address;
  try {
    channel.publish("", replyTo, Buffer.from(JSON.stringify(reply)), { correlationId });
  } catch {
    // The channel closed meanwhile, and with it the broker's memory of who asked.
    return;
  }
}
