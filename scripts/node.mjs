// The oldest Node that the tools run on. Syntax here and in what start.mjs imports stays plain enough
// that an old Node gets as far as printing the sentence.

const [oldestMajor, oldestMinor] = [20, 19];

/** Ends the process with one sentence where Node is too old. @param {number} exitCode */
export function requireNode(exitCode) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  process.stderr.write(
    `Node: found ${process.versions.node}, expected ${oldestMajor}.${oldestMinor} or newer.\n`,
  );
  process.exit(exitCode);
}

/** pnpm 11 needs a newer Node than we do; 10 and 12 do not. @param {string} version as `pnpm --version` says it */
export function suitablePnpm(version) {
  const found = /^(\d+)\.\d+\.\d+/.exec(version.trim());
  if (!found) return false;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const pnpm = Number(found[1]);
  return pnpm >= 10 && (pnpm !== 11 || major > 22 || (major === 22 && minor >= 13));
}
