CREATE SCHEMA "character";
--> statement-breakpoint
CREATE SCHEMA "scan";
--> statement-breakpoint
CREATE SCHEMA "users";
--> statement-breakpoint
CREATE TABLE "users"."accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"nickname" text,
	"email" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "character"."character_ownerships" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "character"."character_ownerships_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"character_code" text NOT NULL,
	"job_id" uuid,
	"acquired_at" timestamp with time zone NOT NULL,
	CONSTRAINT "character_ownerships_user_code" UNIQUE("user_id","character_code")
);
--> statement-breakpoint
CREATE TABLE "character"."characters" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"match_label" text,
	"dialog" text NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "characters_match_label_unique" UNIQUE("match_label")
);
--> statement-breakpoint
CREATE TABLE "scan"."scans" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"status" text NOT NULL,
	"model" text NOT NULL,
	"image_url" text NOT NULL,
	"user_input" text NOT NULL,
	"result" jsonb NOT NULL,
	"redrive" bigint DEFAULT 0 NOT NULL,
	"submitted_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users"."social_accounts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users"."social_accounts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"provider_user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "social_accounts_provider_user" UNIQUE("provider","provider_user_id")
);
--> statement-breakpoint
CREATE TABLE "users"."user_characters" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users"."user_characters_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"character_code" text NOT NULL,
	"character_name" text NOT NULL,
	"acquired_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_characters_user_code" UNIQUE("user_id","character_code")
);
--> statement-breakpoint
ALTER TABLE "users"."social_accounts" ADD CONSTRAINT "social_accounts_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scans_user_job" ON "scan"."scans" USING btree ("user_id","job_id" DESC NULLS LAST);