import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { ChatOutcome, ChatSource } from "#lib/chat/turn.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";

const created = () => timestamp("created_at", { withTimezone: true }).notNull().defaultNow();
const rowId = () => bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity();

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

export const characterSchema = pgSchema("character");

export const characters = characterSchema.table(
  "characters",
  {
    code: text("code").primaryKey(),
    /** Users ask for a character by it. */
    name: text("name").notNull().unique(),
    /** The recyclable material that earns it; null for one that is not earned by a scan. */
    matchLabel: text("match_label").unique(),
    dialog: text("dialog").notNull(),
    isDefault: boolean("is_default").notNull().default(false),
    createdAt: created(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex("characters_one_default").on(t.isDefault).where(sql`${t.isDefault}`)],
);

/** Codes an administrator has added, changed or deleted: the seed leaves them as they are. */
export const editedCharacters = characterSchema.table("edited_characters", {
  code: text("code").primaryKey(),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
});

/** Who owns what: the truth. Written only by `character.save_ownership`. */
export const characterOwnerships = characterSchema.table(
  "character_ownerships",
  {
    id: rowId(),
    userId: text("user_id").notNull(),
    characterCode: text("character_code").notNull(),
    /** The scan that granted it: how a redelivered match tells its own grant from an older one. */
    jobId: uuid("job_id"),
    /** Perceptual hash of the photo that earned it: one photo earns one character (`lib/image/perceptual-hash.ts`). */
    photo: text("photo"),
    acquiredAt: timestamp("acquired_at", { withTimezone: true }).notNull(),
  },
  (t) => [unique("character_ownerships_user_code").on(t.userId, t.characterCode)],
);

export const usersSchema = pgSchema("users");

export const accounts = usersSchema.table("accounts", {
  id: text("id").primaryKey(),
  nickname: text("nickname"),
  email: text("email"),
  createdAt: created(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const socialAccounts = usersSchema.table(
  "social_accounts",
  {
    id: rowId(),
    userId: text("user_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    provider: text("provider").notNull(),
    providerUserId: text("provider_user_id").notNull(),
    createdAt: created(),
  },
  (t) => [unique("social_accounts_provider_user").on(t.provider, t.providerUserId)],
);

/**
 * Who has deleted their account, by the SHA-256 of the id. Kept for good: a grant or a result may come
 * out of an archive at any time, and none of their rows is to come back (`not-deleted.ts`).
 */
export const deletedAccounts = usersSchema.table("deleted_accounts", {
  idHash: bytes("id_hash").primaryKey(),
  deletedAt: timestamp("deleted_at", { withTimezone: true }).notNull().defaultNow(),
});

/** The user's own view of the collection; what it is called today is the catalogue's to say. */
export const userCharacters = usersSchema.table(
  "user_characters",
  {
    id: rowId(),
    userId: text("user_id").notNull(),
    characterCode: text("character_code").notNull(),
    characterName: text("character_name").notNull(),
    acquiredAt: timestamp("acquired_at", { withTimezone: true }).notNull(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [unique("user_characters_user_code").on(t.userId, t.characterCode)],
);

export const scanSchema = pgSchema("scan");

/** One row per finished scan: history and the result that outlives Redis. */
export const scans = scanSchema.table(
  "scans",
  {
    jobId: uuid("job_id").primaryKey(),
    userId: text("user_id").notNull(),
    status: text("status", { enum: ["completed", "failed"] }).notNull(),
    model: text("model").notNull(),
    imageUrl: text("image_url").notNull(),
    userInput: text("user_input").notNull(),
    result: jsonb("result").$type<StoredResult>().notNull(),
    /** The epoch that wrote the row: a late duplicate of an older one must not overwrite it. */
    redrive: bigint("redrive", { mode: "number" }).notNull().default(sql`0`),
    submittedAt: timestamp("submitted_at", { withTimezone: true }).notNull(),
    finishedAt: timestamp("finished_at", { withTimezone: true }).notNull(),
  },
  // Job ids are UUIDv7, so their order is the order of submission.
  (t) => [index("scans_user_job").on(t.userId, t.jobId.desc())],
);

/**
 * What the owner of a completed scan says of its answer (`services/scan/feedback.ts`). It names nobody, and is gone
 * with its scan.
 */
export const feedback = scanSchema.table("feedback", {
  jobId: uuid("job_id")
    .primaryKey()
    .references(() => scans.jobId, { onDelete: "cascade" }),
  verdict: text("verdict", { enum: ["right", "wrong"] }).notNull(),
  /** What would have been right, where the owner says so. */
  category: text("category"),
  note: text("note"),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

export const chatSchema = pgSchema("chat");

/** A conversation of a user. What a list of them shows is kept up by whoever writes a message. */
export const conversations = chatSchema.table(
  "conversations",
  {
    id: uuid("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** The user's own, or made of the first exchange; null until then. */
    title: text("title"),
    /** The beginning of the newest message. */
    preview: text("preview").notNull().default(""),
    messageCount: integer("message_count").notNull().default(0),
    lastMessageAt: timestamp("last_message_at", { withTimezone: true, precision: 3 })
      .notNull()
      .defaultNow(),
    /** Stands for the messages up to and with `summarizedUntil` where an answer needs the older turns. */
    summary: text("summary"),
    summarizedUntil: uuid("summarized_until"),
    createdAt: created(),
    deletedAt: timestamp("deleted_at", { withTimezone: true }),
  },
  (t) => [index("conversations_user_last").on(t.userId, t.lastMessageAt, t.id)],
);

/** What was said: a user's message, and with the same job the answer to it, once it has ended. */
export const messages = chatSchema.table(
  "messages",
  {
    /** UUIDv7: their order is that of the messages. */
    id: uuid("id").primaryKey(),
    chatId: uuid("chat_id")
      .notNull()
      .references(() => conversations.id, { onDelete: "cascade" }),
    jobId: uuid("job_id").notNull(),
    role: text("role", { enum: ["user", "assistant"] }).notNull(),
    content: text("content").notNull(),
    imageUrl: text("image_url"),
    intents: jsonb("intents").$type<readonly string[]>().notNull().default([]),
    sources: jsonb("sources").$type<readonly ChatSource[]>().notNull().default([]),
    usage: jsonb("usage").$type<ChatOutcome["usage"]>(),
    /** `queued` is a user's message whose answer has not ended. */
    status: text("status", { enum: ["queued", "completed", "failed", "cancelled"] }).notNull(),
    /** The epoch that wrote the answer: only a newer one replaces it, and only a failed one. */
    redrive: integer("redrive").notNull().default(0),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
  },
  (t) => [
    unique("messages_job_role").on(t.jobId, t.role),
    index("messages_chat").on(t.chatId, t.id),
  ],
);

export const imagesSchema = pgSchema("images");

/**
 * Whose each upload is: a row before there is an object, until there is none. Without a user, it belonged to an
 * account that was deleted, and its objects are removed.
 */
export const uploads = imagesSchema.table(
  "uploads",
  {
    key: text("key").primaryKey(),
    userId: text("user_id"),
    createdAt: created(),
    confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
    /** Perceptual hash of the photo, where it was decoded before it was taken, and nobody confirmed another one. */
    photoHash: text("photo_hash"),
    /** When its objects were removed first; what was being written then is removed later. */
    removedAt: timestamp("removed_at", { withTimezone: true }),
  },
  (t) => [
    index("uploads_user").on(t.userId),
    index("uploads_ownerless").on(t.key).where(sql`${t.userId} is null`),
    index("uploads_created").on(t.createdAt),
  ],
);

export const authSchema = pgSchema("auth");

/**
 * A sign-in and all that was refreshed from it. Its refresh token is the one named here; whoever
 * shows an older one, unless it was just replaced, has a copy. Gone with its account, and 30 days
 * after the last refresh.
 */
export const sessions = authSchema.table(
  "sessions",
  {
    /** `sid` of its tokens. */
    id: uuid("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    provider: text("provider").notNull(),
    /** `jti` of the tokens of now. */
    accessJti: uuid("access_jti").notNull(),
    refreshJti: uuid("refresh_jti").notNull(),
    accessExpiresAt: timestamp("access_expires_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    createdAt: created(),
    refreshedAt: timestamp("refreshed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index("sessions_user").on(t.userId), index("sessions_expires").on(t.expiresAt)],
);

/**
 * Token pairs that a refresh has just replaced. While a row is here, its refresh token gets the
 * session's current pair; afterwards its access token is revoked. Gone with its session.
 */
export const replacedTokens = authSchema.table(
  "replaced_tokens",
  {
    refreshJti: uuid("refresh_jti").primaryKey(),
    sessionId: uuid("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    accessJti: uuid("access_jti").notNull(),
    accessExpiresAt: timestamp("access_expires_at", { withTimezone: true }).notNull(),
    replacedAt: timestamp("replaced_at", { withTimezone: true }).notNull(),
  },
  (t) => [
    index("replaced_tokens_session").on(t.sessionId),
    index("replaced_tokens_replaced").on(t.replacedAt),
  ],
);

/**
 * The revocation list and its transactional outbox in one: a row without `publishedAt` is pending
 * (`lib/contract/revocation.ts`).
 */
export const revocations = authSchema.table(
  "revocations",
  {
    id: rowId(),
    key: text("key").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    createdAt: created(),
    publishedAt: timestamp("published_at", { withTimezone: true }),
  },
  (t) => [
    index("revocations_outbox").on(t.id).where(sql`${t.publishedAt} is null`),
    index("revocations_created").on(t.createdAt),
    index("revocations_expires").on(t.expiresAt),
  ],
);

export const opsSchema = pgSchema("ops");

/** What operators changed by hand: one row an action, written before it, and kept for good. */
export const audit = opsSchema.table("audit", {
  id: rowId(),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  /** The operating system's name and number of the user. */
  who: text("who").notNull(),
  action: text("action").notNull(),
  queue: text("queue").notNull(),
  jobIds: text("job_ids").array().notNull(),
  /** Messages by what became of them; null while the action runs, and for one that died half-way. */
  counts: jsonb("counts").$type<Record<string, number>>(),
});
