import { sql } from "drizzle-orm";
import { notDeleted } from "./not-deleted.ts";
import { accounts, characterOwnerships, characters, userCharacters } from "./schema.ts";

/** What is known of a user when the account is made. */
export interface Profile {
  readonly nickname: string | null;
  readonly email: string | null;
}

/**
 * The statement that makes an account and grants the default character: all of it or nothing, and nothing
 * when the account exists, or did and was deleted. Of many at once one makes it; the others wait for it
 * and then do nothing. A default character that came later is not granted to who was here before.
 */
export function createAccount(userId: string, { nickname, email }: Profile = nobodyYet) {
  return sql`
    with made as (
      insert into ${accounts} (id, nickname, email)
      select given.id, ${nickname}, ${email} from (select ${userId}::text as id) as given
      where ${notDeleted(sql`given.id`)}
      on conflict do nothing
      returning id, created_at
    ), granted as (
      select made.id as user_id, code, name, made.created_at as acquired_at
      from made cross join ${characters} where is_default
    ), owned as (
      insert into ${characterOwnerships} (user_id, character_code, acquired_at)
      select user_id, code, acquired_at from granted
      on conflict do nothing
    )
    insert into ${userCharacters} (user_id, character_code, character_name, acquired_at)
    select user_id, code, name, acquired_at from granted
    on conflict do nothing`;
}

const nobodyYet: Profile = { nickname: null, email: null };
