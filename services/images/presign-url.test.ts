import { expect, test } from "bun:test";
import { S3Client } from "bun";
import { presignUrl } from "./presign-url.ts";

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html. */
const example = {
  method: "GET",
  url: "https://examplebucket.s3.amazonaws.com/test.txt",
  headers: {},
  region: "us-east-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  expiresInS: 86_400,
  now: new Date("2013-05-24T00:00:00Z"),
};
const signatureOf = (url: string) => new URL(url).searchParams.get("X-Amz-Signature");

test("signs the published example as it is published", async () => {
  expect(await presignUrl(example)).toBe(
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

test("signs length and type as AWS's own SDK does", async () => {
  const url = await presignUrl({
    ...example,
    method: "PUT",
    headers: { "Content-Type": " image/jpeg ", "content-length": "1234" },
  });
  expect(new URL(url).searchParams.get("X-Amz-SignedHeaders")).toBe(
    "content-length;content-type;host",
  );
  // Made with @smithy/signature-v4 from the same values.
  expect(signatureOf(url)).toBe("d5113288886035a181dfc99b5af88ae9c1c7e074be0d3971c6b04d9ab367def2");
});

test("encodes a path as AWS's own SDK does", async () => {
  const url = await presignUrl({ ...example, url: "http://127.0.0.1:9000/photos/a b/(1)+é~'.jpg" });
  expect(new URL(url).pathname).toBe("/photos/a%20b/%281%29%2B%C3%A9~%27.jpg");
  expect(signatureOf(url)).toBe("be65a5226a458deb9980a9cd0debbcc88af0b8adf1cf3ec365c691c6c710adc3");
});

test("signs what Bun signs where Bun can", async () => {
  const { region, accessKeyId, secretAccessKey } = example;
  const account = { bucket: "photos", region, accessKeyId, secretAccessKey };
  const client = new S3Client({ ...account, endpoint: "http://127.0.0.1:9000" });
  const url = new URL(client.presign("drafts/a", { method: "PUT", expiresIn: 300 }));
  const date = url.searchParams.get("X-Amz-Date") ?? "";
  const now = new Date(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
  const own = { ...example, method: "PUT", url: url.origin + url.pathname, expiresInS: 300, now };
  expect(signatureOf(await presignUrl(own))).toBe(signatureOf(url.href));
});
