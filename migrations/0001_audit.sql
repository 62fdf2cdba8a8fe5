CREATE SCHEMA "ops";
--> statement-breakpoint
CREATE TABLE "ops"."audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ops"."audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"who" text NOT NULL,
	"action" text NOT NULL,
	"queue" text NOT NULL,
	"job_ids" text[] NOT NULL,
	"counts" jsonb
);
