import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type Subprocess } from "bun";
import type { S3Credentials } from "./s3-server.ts";
import { until } from "./until.ts";

/**
 * OpenStack Swift with its S3 API: an S3-compatible server that is not ours, for whoever has it. Debian's
 * packages `swift-proxy swift-account swift-container swift-object` bring it, 67 of them with what
 * they need, which is why nothing installs them unasked.
 */
export interface SwiftServer {
  readonly endpoint: string;
  readonly credentials: S3Credentials;
  stop(): Promise<void>;
}

const credentials: S3Credentials = {
  bucket: "photos",
  region: "us-east-1",
  accessKeyId: "test:tester",
  secretAccessKey: "testing",
};
const backends = ["account", "container", "object"] as const;
const bootMs = 30_000;

export function hasSwift(): boolean {
  return Bun.which("swift-proxy-server") !== null && Bun.which("swift-object-server") !== null;
}

/** One of each server with one device, in a folder of its own, on free ports. */
export async function startSwiftServer(): Promise<SwiftServer> {
  const dir = await mkdtemp(join(tmpdir(), "eco2-swift-"));
  await mkdir(join(dir, "srv", "d1"), { recursive: true });
  await Bun.write(join(dir, "swift.conf"), hashConf);
  const children: Subprocess[] = [];
  const stop = async () => {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.exited));
    await rm(dir, { recursive: true });
  };
  try {
    for (const name of backends) {
      const port = freePort();
      await makeRing(dir, name, port);
      const server = `${name}-server`;
      const app = `[pipeline:main]\npipeline = ${server}\n[app:${server}]\nuse = egg:swift#${name}\n`;
      children.push(await startOne(dir, name, port, app));
    }
    const port = freePort();
    children.push(await startOne(dir, "proxy", port, proxyConf));
    const endpoint = `http://127.0.0.1:${port}`;
    const patience = { timeoutMs: bootMs, pollMs: 100 };
    await until(() => makeBucket(endpoint), patience);
    await until(() => takesObjects(endpoint), patience);
    return { endpoint, credentials, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** True when it is there. Addressed as an object of a host of its own, a bucket is an object. */
async function makeBucket(endpoint: string): Promise<boolean> {
  const { bucket, region, accessKeyId, secretAccessKey } = credentials;
  const account = { region, accessKeyId, secretAccessKey };
  const host = new S3Client({ ...account, endpoint, virtualHostedStyle: true });
  await host.write(bucket, "");
  return true;
}

/** The servers boot each at its own pace, and a bucket may be there before the one that fills it. */
async function takesObjects(endpoint: string): Promise<boolean> {
  const client = new S3Client({ ...credentials, endpoint });
  await client.write("ready", "yes");
  await client.delete("ready");
  return true;
}

async function startOne(dir: string, name: string, port: number, parts: string) {
  // It becomes this user, or itself.
  const userName = (await new Response(Bun.spawn(["id", "-un"]).stdout).text()).trim();
  const head = [
    "[DEFAULT]",
    "bind_ip = 127.0.0.1",
    `bind_port = ${port}`,
    "workers = 0",
    `user = ${userName}`,
    `swift_dir = ${dir}`,
    `devices = ${join(dir, "srv")}`,
    "mount_check = false",
  ];
  const conf = join(dir, `${name}.conf`);
  await Bun.write(conf, `${head.join("\n")}\n${parts}`);
  const binary = Bun.which(`swift-${name}-server`) ?? "";
  return Bun.spawn(["/usr/bin/python3", "-c", runIn, dir, binary, conf], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
}

async function makeRing(dir: string, name: string, port: number): Promise<void> {
  for (const args of [
    ["create", "4", "1", "1"],
    ["add", `r1z1-127.0.0.1:${port}/d1`, "1"],
    ["rebalance"],
  ]) {
    const made = Bun.spawn(["swift-ring-builder", `${name}.builder`, ...args], {
      cwd: dir,
      stdout: "ignore",
      stderr: "ignore",
    });
    await made.exited;
  }
}

function freePort(): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: () => undefined },
  });
  const { port } = listener;
  listener.stop();
  return port;
}

/** The machine's own `swift.conf`, which may be closed to us, is read unless told so before the start. */
const runIn = `import runpy, sys, swift.common.utils
swift.common.utils.set_swift_dir(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

const hashConf = `[swift-hash]
swift_hash_path_suffix = eco2
[storage-policy:0]
name = default
default = yes
`;

/** The cache is required and may be away: it only makes things faster. */
const proxyConf = `[pipeline:main]
pipeline = cache s3api tempauth copy slo dlo versioned_writes proxy-server
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_versioned_writes = true
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# Those that were asked before they had booted are asked again.
error_suppression_limit = 100000
`;
