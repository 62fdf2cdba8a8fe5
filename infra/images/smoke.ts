import { createApiClient } from "../harness/api-client.ts";

/**
 * `smoke.ts ORIGIN`: one scan against a running deployment, through the public API alone. Exits 0 when
 * the scan completed and the client can read the photo back from its address.
 */
const [origin = "http://127.0.0.1:8080"] = process.argv.slice(2);
const deadlineMs = 120_000;
const photo = await Bun.file(new URL("../samples/wine-bottle.jpg", import.meta.url)).bytes();
const api = createApiClient(origin, { "x-user-id": "smoke" });

const watchdog = setTimeout(() => fail(`no result after ${deadlineMs / 1000} s`), deadlineMs);
const imageUrl = await api.upload(photo, "image/jpeg");
const read = await fetch(imageUrl);
if (!read.ok) fail(`${imageUrl} answers ${read.status}`);
const job = await api.submit(imageUrl, "다 마신 유리병이에요. 어떻게 버려요?");
await api.follow(job.stream_url, ({ stage, status }) => console.log(`${stage} ${status}`));
const result = await api.result(job.result_url);
clearTimeout(watchdog);
if (result.status !== "completed") fail(JSON.stringify(result));

function fail(reason: string): never {
  process.stderr.write(`smoke: ${reason}\n`);
  process.exit(1);
}
