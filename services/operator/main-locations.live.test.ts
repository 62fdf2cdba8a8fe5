import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { serviceUrls } from "#lib/testing/services.ts";

const folder = mkdtempSync(join(tmpdir(), "eco2-places-"));
const sql = openPostgres(serviceUrls);
beforeAll(() => migrate(serviceUrls.DATABASE_URL), 30_000);
afterEach(async () => {
  await sql`delete from location.centers where source <> 'sample'`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  // The sample comes back for others.
  await migrate(serviceUrls.DATABASE_URL);
  await sql.end();
});

async function locations(line: string) {
  const command = [process.execPath, `${import.meta.dir}/main.ts`, "locations", ...line.split(" ")];
  const env = { PATH: process.env.PATH, ...serviceUrls };
  const child = Bun.spawn(command, { env, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { out, err, code: await child.exited };
}

async function imported(text: string | Uint8Array<ArrayBuffer>, flags = "") {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await Bun.write(file, text);
  const { out, err, code } = await locations(
    `import ${file} --source clothing-bins --json${flags && ` ${flags}`}`,
  );
  return { code, err: err.replaceAll(`${file}:`, ""), report: code === 0 ? JSON.parse(out) : out };
}

const stored = () => sql`
  select id, source_pk, name, road_address, latitude, pickup_categories, opening::text as opening
  from location.centers where source = 'clothing-bins' order by id`;

const head = "연번,설치 장소,도로명주소,위도,경도,데이터기준일자";
const bin = (n: number, at = "37.5,127.0") =>
  `${n},"정문 앞, ${n}호",서울 중구 세종대로 ${n},${at},2026-01-01`;
const csv = (...rows: string[]) => [head, ...rows, ""].join("\r\n");

/** `의류` and 똠, which EUC-KR has not and CP949 has, with what goes before and after them. */
function cp949(before: string, after: string): Uint8Array<ArrayBuffer> {
  const ascii = (text: string) => [...new TextEncoder().encode(text)];
  return new Uint8Array([...ascii(before), 0xc0, 0xc7, 0xb7, 0xf9, 0x8c, 0x63, ...ascii(after)]);
}

describe("bun run locations import", () => {
  test("adds, changes, leaves alone and removes: what the file says, and nothing twice", async () => {
    const first = await imported(`\ufeff${csv(bin(1), bin(2), bin(3))}`);
    const counts = { source: "clothing-bins", dry_run: false, rows: 3, refused: 0 };
    expect(first.report).toEqual({ ...counts, added: 3, changed: 0, unchanged: 0, removed: 0 });
    const [one, two] = await stored();
    expect(one).toMatchObject({
      source_pk: "1, 서울 중구 세종대로 1",
      name: "의류수거함 정문 앞, 1호",
      road_address: "서울 중구 세종대로 1",
      latitude: 37.5,
      pickup_categories: ["textile"],
    });
    expect(one?.opening).toStartWith("{[0,1440),[2880,4320),");
    const again = await imported(csv(bin(1), bin(2), bin(3)));
    expect(again.report).toMatchObject({ added: 0, changed: 0, unchanged: 3, removed: 0 });
    const moved = await imported(csv(bin(1), bin(2, "37.6,127.0"), bin(4)));
    expect(moved.report).toMatchObject({ added: 1, changed: 1, unchanged: 1, removed: 1 });
    const after = await stored();
    expect(after.map(({ id }) => id).slice(0, 2)).toEqual([one?.id, two?.id]);
    expect(after.map(({ latitude }) => latitude)).toEqual([37.5, 37.6, 37.5]);
  }, 30_000);

  test("takes the sample away, and the next migration leaves it away", async () => {
    await imported(csv(bin(1)));
    await migrate(serviceUrls.DATABASE_URL);
    const [row] =
      await sql`select count(*)::int as n from location.centers where source = 'sample'`;
    expect(row?.n).toBe(0);
  }, 30_000);

  test("reads CP949 with all its syllables", async () => {
    const file = cp949("no,name,address,lat,lon\r\n1,", ",Seoul,37.5,127.0\r\n");
    const mapping = join(folder, "mapping.json");
    const columns = { source_pk: "{no}", name: "{name}", latitude: "{lat}", longitude: "{lon}" };
    const rest = { store_category: "general", pickup_categories: ["can"] };
    await Bun.write(mapping, JSON.stringify({ ...columns, ...rest }));
    const path = join(folder, "cp949.csv");
    await Bun.write(path, file);
    const { code, err } = await locations(
      `import ${path} --source clothing-bins --mapping ${mapping}`,
    );
    expect([code, err]).toEqual([0, ""]);
    expect((await stored()).map(({ name }) => name)).toEqual(["의류똠"]);
  }, 30_000);

  test("names each row that cannot be read, and leaves the place it stands for as it was", async () => {
    await imported(csv(bin(1), bin(2)));
    const { code, report, err } = await imported(
      csv(bin(1), bin(2, "127.0,37.5"), bin(3, ",127.0"), bin(1), "4,too,few", bin(5)),
    );
    expect(code).toBe(0);
    expect(report).toMatchObject({ rows: 6, refused: 4, added: 1, unchanged: 1, removed: 0 });
    const lines = err.split("\n").filter((line) => /^locations: \d/.test(line));
    // What is no record at all is known before what is in those around it.
    expect(lines.toSorted()).toEqual([
      "locations: 3: latitude is not within 33 and 39 degrees",
      "locations: 4: latitude is no number",
      "locations: 5: source_pk 1, 서울 중구 세종대로 1 has come before",
      expect.stringMatching(/^locations: 6: Invalid Record Length/),
    ]);
    expect((await stored()).map(({ name }) => name)).toEqual(
      [1, 2, 5].map((n) => `의류수거함 정문 앞, ${n}호`),
    );
  }, 30_000);

  test("changes nothing as a dry run, nor where it fails half-way", async () => {
    await imported(csv(bin(1)));
    const dry = await imported(csv(bin(2)), "--dry-run");
    expect(dry.report).toMatchObject({ dry_run: true, added: 1, removed: 1 });
    const rows = Array.from({ length: 3_000 }, (_, i) => bin(i + 2));
    const bytes = new TextEncoder().encode(csv(...rows));
    // Neither UTF-8 nor CP949 at its very end.
    const broken = await imported(new Uint8Array([...bytes, 0xff, 0xff]));
    expect([broken.code, broken.err]).toEqual([
      1,
      expect.stringContaining("neither UTF-8 nor CP949"),
    ]);
    expect(await stored()).toHaveLength(1);
  }, 30_000);

  test("refuses a file that would empty the source, or has not the columns", async () => {
    const all = Array.from({ length: 40 }, (_, i) => bin(i));
    await imported(csv(...all));
    const cut = await imported(csv(bin(1)));
    expect([cut.code, cut.err]).toEqual([1, expect.stringContaining("39 of 40 places would go")]);
    const other = await imported("a,b\n1,2\n");
    expect([other.code, other.err]).toEqual([
      1,
      expect.stringContaining("no column for source_pk"),
    ]);
    expect((await imported(head)).err).toContain("the file has no rows");
    expect(await stored()).toHaveLength(40);
    expect((await imported(csv(bin(1)), "--yes")).report).toMatchObject({ removed: 39 });
  }, 30_000);

  test("reads JSON as the portals send it, and keeps a line of what was done", async () => {
    const item = (n: number, hours: string) => ({
      ...{ positn_sn: n, positn_nm: `알맹 ${n}`, positn_rdnm_addr: "서울 마포구 1" },
      ...{ positn_pstn_lat: 37.55, positn_pstn_lot: "126.91", mon_sals_hr_expln_cn: hours },
      ...{ tues_sals_hr_expln_cn: "휴무", clct_item_cn: "종이팩, 투명페트 뚜껑" },
    });
    const file = join(folder, "shops.json");
    const items = [item(1, "12:00 ~ 20:00"), item(2, "-"), "x"];
    await Bun.write(file, JSON.stringify({ response: { body: { items } } }));
    const { code, out, err } = await locations(`import ${file} --source zero-waste-shops`);
    expect([code, out]).toEqual([
      0,
      "zero-waste-shops: 3 rows, 2 added, 0 changed, 1 refused, 0 unchanged, 0 removed\n",
    ]);
    expect(err).toContain(`${file}:3: is no object`);
    const rows = await sql`select name, hours, opening::text as opening, pickup_categories
      from location.centers where source = 'zero-waste-shops' order by id`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      {
        ...{ name: "알맹 1", hours: "월 12:00 ~ 20:00, 화 휴무" },
        ...{
          opening: "{[720,1200),[20880,21360)}",
          pickup_categories: ["clear_pet", "paper", "plastic"],
        },
      },
      {
        ...{ name: "알맹 2", hours: "화 휴무", opening: null },
        pickup_categories: ["clear_pet", "paper", "plastic"],
      },
    ]);
    const [line] = await sql`select who, counts from ops.audit
      where action = 'import zero-waste-shops' order by id desc limit 1`;
    expect(line).toMatchObject({ counts: { rows: 3, added: 2, refused: 1 } });
  }, 30_000);

  test("says in one line what of a command makes no sense", async () => {
    const lines = ["", "import", "import x", "import x --source kakao", "import x --source other"];
    for (const line of lines) {
      const { code, err } = await locations(line);
      expect([line, code, err.split("\n").length]).toEqual([line, 2, 2]);
    }
    const { code, err } = await locations("import nowhere.csv --source clothing-bins");
    expect([code, err]).toEqual([1, "locations: nowhere.csv: no such file\n"]);
  }, 30_000);
});
