import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate authority of a test's own, made by OpenSSL, and what it has signed for one name. */
export function makeAuthority(name: string) {
  const folder = mkdtempSync(join(tmpdir(), "eco2-authority-"));
  const openssl = (...args: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: folder });
    if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=eco2 test");
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", `subjectAltName=${name}`];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "key.pem",
    "-out",
    "cert.pem",
    "-subj",
    "/CN=x",
    ...signed,
  );
  return {
    /** Path of the authority's own certificate, for `NODE_EXTRA_CA_CERTS`. */
    authority: join(folder, "ca.crt"),
    cert: readFileSync(join(folder, "cert.pem"), "utf8"),
    key: readFileSync(join(folder, "key.pem"), "utf8"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
