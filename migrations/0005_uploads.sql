CREATE SCHEMA "images";
--> statement-breakpoint
CREATE TABLE "images"."uploads" (
	"key" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"confirmed_at" timestamp with time zone,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "uploads_user" ON "images"."uploads" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "uploads_ownerless" ON "images"."uploads" USING btree ("key") WHERE "images"."uploads"."user_id" is null;--> statement-breakpoint
CREATE INDEX "uploads_created" ON "images"."uploads" USING btree ("created_at");--> statement-breakpoint
INSERT INTO "images"."uploads" ("key", "user_id", "created_at", "confirmed_at")
SELECT DISTINCT ON ("key") "key", "user_id", "submitted_at", "submitted_at"
FROM (
	SELECT substring("image_url" from '[^/]+$') AS "key", "user_id", "submitted_at" FROM "scan"."scans"
) AS "scanned"
WHERE "key" ~ '^(scan|chat|my)\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$'
ORDER BY "key", "submitted_at"
ON CONFLICT DO NOTHING;
