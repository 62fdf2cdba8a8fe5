import { and, desc, eq, sql } from "drizzle-orm";
import type { Classification } from "#lib/contract/classification.ts";
import type { Database } from "#lib/db/client.ts";
import { characters, scans, userCharacters } from "#lib/db/schema.ts";
import type { ToolPorts } from "../chat/gather-evidence.ts";

/** What a conversation may know of its user: their finished scans, and their characters. */
export function createOwnFacts(database: Database): Pick<ToolPorts, "scansOf" | "collectionOf"> {
  return {
    async scansOf(userId, limit) {
      const { jobId, finishedAt: at } = scans;
      // Of a result alone what it was: the whole is a hundred times as long.
      const seen = sql<Classification | null>`${scans.result} -> 'vision' -> 'classification'`;
      const rows = await database.call((db) =>
        db
          .select({ jobId, at, seen })
          .from(scans)
          .where(and(eq(scans.userId, userId), eq(scans.status, "completed")))
          .orderBy(desc(scans.jobId))
          .limit(limit),
      );
      return rows.map(({ seen: what, ...row }) => ({
        ...row,
        name: what?.minor_category ?? null,
        category: what?.middle_category ?? "미분류",
      }));
    },
    collectionOf: (userId) =>
      database.call((db) =>
        db
          .select({
            code: userCharacters.characterCode,
            name: sql<string>`coalesce(${characters.name}, ${userCharacters.characterName})`,
            acquiredAt: userCharacters.acquiredAt,
          })
          .from(userCharacters)
          .leftJoin(characters, eq(characters.code, userCharacters.characterCode))
          .where(eq(userCharacters.userId, userId))
          .orderBy(userCharacters.acquiredAt, userCharacters.characterCode),
      ),
  };
}
