// Counts of one vitest JSON report. As a program: `node scripts/test-count.mjs REPORT` prints its failures and the summary line.
import { existsSync, readFileSync } from "node:fs";
import { basename, relative } from "node:path";
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

/**
 * One line for each failed test of a report: its file, its name and what it said first.
 * @param {string} file @returns {string[]}
 */
export function failureLines(file) {
  if (!existsSync(file)) return [`failed: no report ${basename(file)}`];
  const report = JSON.parse(readFileSync(file, "utf8"));
  return report.testResults.flatMap((result) => {
    const path = relative(process.cwd(), result.name);
    const tests = result.assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0) return result.status === "failed" ? [`failed: ${path}: ${start(result.message)}`] : [];
    return tests.map((test) => `failed: ${path} > ${test.fullName}: ${start(test.failureMessages.join("\n"))}`);
  });
}

/** What a failure says before its stack, in one line. @param {string | undefined} message */
function start(message = "") {
  const said = message.split(/\n\s+at /)[0] ?? "";
  return said.replace(/\s+/g, " ").trim().slice(0, 600);
}

/** The line that every run ends with. @param {Count} count */
export function summary(count) {
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const report = process.argv[2] ?? "";
  for (const line of failureLines(report)) console.log(line);
  console.log(summary(countReport(report)));
}
