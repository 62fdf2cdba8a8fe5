import manifest from "#package";

/** The version of the whole project, as `package.json` has it: its one place. */
export const { version } = manifest;
