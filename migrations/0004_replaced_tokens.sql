CREATE TABLE "auth"."replaced_tokens" (
	"refresh_jti" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"access_jti" uuid NOT NULL,
	"access_expires_at" timestamp with time zone NOT NULL,
	"replaced_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "auth"."replaced_tokens" ADD CONSTRAINT "replaced_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "auth"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "replaced_tokens_session" ON "auth"."replaced_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "replaced_tokens_replaced" ON "auth"."replaced_tokens" USING btree ("replaced_at");