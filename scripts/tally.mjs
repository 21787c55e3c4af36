// Counts of passed, failed and skipped checks, read from the JSON reports of Vitest and Playwright.
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @type {Readonly<Tally>} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/** One check. @param {boolean} ok @returns {Tally} */
export const one = (ok) => ({ ...nothing, [ok ? "passed" : "failed"]: 1 });

/** @param {Tally} a @param {Tally} b @returns {Tally} */
export const sum = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * A runner that failed without a failed test (a crash, an unhandled rejection, no test at all) is a failure too.
 * @param {Tally} tally @param {number} code what the runner ended with @returns {Tally}
 */
export const settle = (tally, code) => (code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally);

/** @param {string} file @returns {Tally} */
export function vitestTally(file) {
  const report = read(file);
  if (!report) return nothing;
  // A file that could not be loaded has no tests to fail.
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ result) =>
      result.status === "failed" && result.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {string} file @returns {Tally} */
export function playwrightTally(file) {
  const stats = read(file)?.stats;
  if (!stats) return nothing;
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

/** @param {Tally} tally */
export const print = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

/** @param {string} file */
function read(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // the runner died while writing; its exit code tells
  }
}
