CREATE TABLE "users"."deleted_accounts" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"deleted_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "character"."edited_characters" (
	"code" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "characters_one_default" ON "character"."characters" USING btree ("is_default") WHERE "character"."characters"."is_default";--> statement-breakpoint
ALTER TABLE "character"."characters" ADD CONSTRAINT "characters_name_unique" UNIQUE("name");