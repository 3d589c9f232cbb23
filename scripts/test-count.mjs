// Counts of one vitest JSON report. As a program: `node scripts/test-count.mjs REPORT` prints the summary line.
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** @typedef {{passed: number, failed: number, skipped: number}} Count */

/**
 * Counts a report. A file that could not be loaded has no failed test of its own and counts as one failure; so does a
 * report that is not there.
 * @param {string} file @returns {Count}
 */
export function countReport(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, "utf8"));
  const brokenFiles = report.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    // an error outside any test leaves the counts as they are, but not the success
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The line that every run ends with. @param {Count} count */
export function summary(count) {
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(summary(countReport(process.argv[2] ?? "")));
}
