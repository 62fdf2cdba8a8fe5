CREATE TABLE "scan"."feedback" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"verdict" text NOT NULL,
	"category" text,
	"note" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "scan"."feedback" ADD CONSTRAINT "feedback_job_id_scans_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "scan"."scans"("job_id") ON DELETE cascade ON UPDATE no action;