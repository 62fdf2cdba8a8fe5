import { dirname } from "node:path";
import init from "#migrations/0000_init.sql" with { type: "file" };
import "#migrations/0001_audit.sql" with { type: "file" };
import "#migrations/0002_accounts_and_catalog.sql" with { type: "file" };
import "#migrations/0003_auth.sql" with { type: "file" };
import "#migrations/0004_replaced_tokens.sql" with { type: "file" };
import "#migrations/0005_uploads.sql" with { type: "file" };
import "#migrations/0006_photo_of_grant.sql" with { type: "file" };
import "#migrations/0007_chat.sql" with { type: "file" };
import "#migrations/0008_feedback.sql" with { type: "file" };
import "#migrations/0009_places.sql" with { type: "file" };
import "#migrations/0010_webhooks.sql" with { type: "file" };
import "#migrations/0011_photo_of_upload.sql" with { type: "file" };
import "#migrations/meta/_journal.json" with { type: "file" };

/**
 * The folder of the migrations, for drizzle to read. Each file is imported by name, because a compiled
 * program carries those that are; a test names the one that is forgotten.
 */
export const migrationsFolder = dirname(init);
