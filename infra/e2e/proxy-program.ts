import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { photosTestTls } from "#lib/testing/tls.ts";
import { killOnExit } from "../harness/kill-on-exit.ts";

const binary = (name: string) => Bun.which(name, { PATH: `${process.env.PATH}:/usr/sbin` });
/** Debian's, where they are installed. */
export const proxyPrograms = { nginx: binary("nginx"), haproxy: binary("haproxy") };
export type ProxyName = keyof typeof proxyPrograms;

for (const [name, path] of Object.entries(proxyPrograms)) {
  if (path === null) process.stdout.write(`skipped behind ${name}, which is not installed\n`);
}

/** A folder for proxies, with a certificate and its key in one file. */
export function makeProxyFolder() {
  const folder = mkdtempSync(join(tmpdir(), "eco2-proxies-"));
  const certificate = join(folder, "eco2.pem");
  writeFileSync(certificate, photosTestTls.cert + photosTestTls.key, { mode: 0o600 });
  return { folder, certificate, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs one in the foreground. `reload` makes nginx read the configuration anew, and lose nobody. */
export function startProxy(name: ProxyName, folder: string, config: string) {
  const id = crypto.randomUUID();
  const file = join(folder, `${id}.conf`);
  const write = (text: string) =>
    writeFileSync(file, name === "nginx" ? aroundServers(text, folder, id) : text);
  write(config);
  const args = name === "nginx" ? ["-p", folder, "-c", file] : ["-db", "-f", file];
  // HAProxy says there what it finds of each process, which is the tests' to say.
  const stderr = name === "haproxy" ? "ignore" : "inherit";
  const child = Bun.spawn([proxyPrograms[name] ?? name, ...args], { stdout: "ignore", stderr });
  const exited = killOnExit(child);
  return {
    reload: (text: string): void => {
      write(text);
      child.kill("SIGHUP");
    },
    stop: (): Promise<number> => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** What nginx has around `/etc/nginx/conf.d`, in a folder of its own. */
function aroundServers(servers: string, folder: string, id: string): string {
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off; ${user} pid ${folder}/nginx-${id}.pid; error_log stderr crit;
events {}
http { access_log off; ${paths}
${servers} }`;
}
