import * as v from "valibot";
import { groupProfile, Profile } from "./group-profile.ts";

/**
 * `bun infra/bench/profile.ts FILE…`: where a process spends its time, from what
 * `BUN_OPTIONS="--cpu-prof --cpu-prof-dir=DIR" bun run bench overhead` leaves in DIR.
 */
for (const file of process.argv.slice(2)) {
  const groups = groupProfile(v.parse(Profile, await Bun.file(file).json()));
  console.log(file);
  for (const { name, share } of groups)
    console.log(`${(100 * share).toFixed(1).padStart(6)} %  ${name}`);
}
