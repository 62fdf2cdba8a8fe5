/**
 * The statements of newer migrations that a release before may not survive, which goes on running beside them, and
 * again after a rollback. What is known to be harmless passes, and all else is named:
 *
 * - tables, schemas, extensions, and whatever is about tables that are new themselves;
 * - a column that may be null, or has a default, without any other constraint;
 * - an index that is not unique;
 * - a reference from a new table to an old one that gives way when the old row goes: the release before deletes
 *   rows without knowing who refers to them.
 */
export function contractions(statements: readonly string[]): string[] {
  const made = new Set(statements.flatMap((one) => patterns.table.exec(normalize(one))?.[1] ?? []));
  return statements.map(normalize).filter((one) => !isHarmless(one, made));
}

const name = String.raw`((?:"?\w+"?\.)?"?\w+"?)`;
const ifNot = "(?:if not exists )?";
const patterns = {
  table: new RegExp(`^create table ${ifNot}${name} ?\\(`),
  index: new RegExp(`^create (?:unique )?index (?:concurrently )?${ifNot}"?\\w+"? on ${name} `),
  alter: new RegExp(`^alter table ${name} `),
  insert: new RegExp(`^insert into ${name} `),
};

/** On one line, in lower case outside of names, without comments and the semicolon. */
function normalize(statement: string): string {
  return statement
    .replaceAll(/^\s*--.*$/gm, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/"[^"]*"|[^"]+/g, (part) => (part.startsWith('"') ? part : part.toLowerCase()))
    .replace(/; ?$/, "")
    .trim();
}

function isHarmless(statement: string, made: ReadonlySet<string>): boolean {
  if (/^create (?:schema|extension) /.test(statement)) return true;
  const table = patterns.table.exec(statement)?.[1];
  // References inside of it are those of `alter table`.
  if (table !== undefined) return referencesGiveWay(statement, made);
  const indexed = patterns.index.exec(statement)?.[1];
  if (indexed !== undefined) return made.has(indexed) || !statement.startsWith("create unique");
  const filled = patterns.insert.exec(statement)?.[1];
  if (filled !== undefined) return made.has(filled);
  const altered = patterns.alter.exec(statement)?.[1];
  if (altered === undefined) return false;
  if (made.has(altered)) return referencesGiveWay(statement, made);
  return isOptionalColumn(statement);
}

function isOptionalColumn(statement: string): boolean {
  // One action: a second one would hide behind it.
  const column = /^alter table \S+ add column (?:if not exists )?"?\w+"? ([^,]+)$/.exec(
    statement,
  )?.[1];
  if (column === undefined || /\b(?:unique|primary|references|check|generated)\b/.test(column)) {
    return false;
  }
  return !column.includes("not null") || /\bdefault\b/.test(column);
}

function referencesGiveWay(statement: string, made: ReadonlySet<string>): boolean {
  const references = statement.matchAll(new RegExp(`references ${name} ?\\([^)]*\\)([^,]*)`, "g"));
  return [...references].every(
    ([, to = "", then = ""]) =>
      made.has(to) || /on delete (?:cascade|set null|set default)/.test(then),
  );
}
