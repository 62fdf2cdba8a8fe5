import { rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { OVERLAYS, Releases } from "./overlays.ts";
import { renderTree } from "./render.ts";

const command = {
  name: "manifests",
  usage: `usage: bun run manifests [--release dev|prod NAME=sha256:… …]
  Renders infra/k8s/{base,overlays,argo} from the TypeScript beside them.
  --release dev|prod   first notes the images of a release by digest: edge=sha256:… worker=… operator=…`,
  options: { release: { type: "string" } },
  argumentsMax: 3,
} as const;

const folder = import.meta.dir;

await runCommand(command, async ({ values: { release }, positionals }) => {
  if (release === undefined) {
    if (positionals.length > 0) throw new UsageError("images need --release; see --help");
    return write(OVERLAYS);
  }
  if (release !== "dev" && release !== "prod") throw new UsageError("--release is dev or prod");
  const file = join(folder, "release.json");
  const before = v.parse(Releases, await Bun.file(file).json());
  const given = Object.fromEntries(positionals.map((one) => one.split("=")));
  const noted = v.safeParse(Releases, { ...before, [release]: { ...before[release], ...given } });
  if (!noted.success) throw new UsageError("an image is NAME=sha256:<64 hexadecimal digits>");
  await Bun.write(file, `${JSON.stringify(noted.output, null, 2)}\n`);
  const overlay = OVERLAYS[release];
  const images = { ...overlay.images, digests: noted.output[release] };
  return write({ ...OVERLAYS, [release]: { ...overlay, images } });
});

/** Writes every file anew: one that is not rendered any more is gone. */
async function write(overlays: Parameters<typeof renderTree>[0]): Promise<number> {
  for (const top of ["base", "overlays", "argo"]) {
    rmSync(join(folder, top), { recursive: true, force: true });
  }
  const tree = renderTree(overlays);
  for (const [path, text] of tree) await Bun.write(join(folder, path), text);
  console.log(`${tree.size} files below infra/k8s`);
  return 0;
}
