import { toJsonSchema } from "@valibot/to-json-schema";
import { WebhookEvent } from "#lib/contract/webhook-event.ts";

const inDocument = Object.entries(toJsonSchema(WebhookEvent)).filter(
  ([name]) => !["$schema", "ref"].includes(name),
);

/** Schemas that no operation of ours has: they are of requests that we send. */
export const webhookSchemas = { WebhookEvent: Object.fromEntries(inDocument) };

const header = (name: string, description: string, example: string) => ({
  in: "header",
  name,
  required: true,
  description,
  schema: { type: "string" },
  example,
});

/** What receivers of users are sent: the scheme is that of Standard Webhooks. */
export const webhooks = {
  scanEnded: {
    post: {
      operationId: "receiveWebhook",
      tags: ["webhooks"],
      summary:
        "A scan has ended, or a webhook is tried out; sent at least once, in no promised order",
      // A signature, and no credential of ours.
      security: [],
      parameters: [
        header(
          "webhook-id",
          "Of the event: the same whenever it is sent again",
          "scan_019bd000-0000-7000-8000-000000000001_0",
        ),
        header("webhook-timestamp", "Of the attempt, in seconds; refuse what is old", "1772355601"),
        header(
          "webhook-signature",
          "`v1,` and HMAC-SHA256 of `id.timestamp.body` in base64; after a rotation two, with a space between",
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
      ],
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: "#/components/schemas/WebhookEvent" } } },
      },
      responses: {
        "2XX": {
          description: "Received; anything else, and 10 s without an answer, is tried again",
        },
        "410": { description: "Do not come again: the webhook is disabled" },
      },
    },
  },
} as const;
