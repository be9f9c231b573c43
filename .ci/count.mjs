/** Prints how many tests passed and failed, and which failed to stderr: `node .ci/count.mjs <vitest's JSON report> <vitest's exit code>`. */

import { readFileSync } from 'node:fs'

const [path = '', exitCode] = process.argv.slice(2)
const strict = process.env.CI === 'true'

let passed = 0
let failed = 0
const report = read()
if (report) {
  for (const { name } of report.testResults.filter(isUnloaded)) console.error(`${name}: could not be loaded`)
  for (const { name, assertionResults } of report.testResults)
    for (const { fullName, status } of assertionResults) if (status === 'failed' || (strict && status !== 'passed')) console.error(`${name}: ${fullName}: ${status}`)
  const skipped = report.numPendingTests + report.numTodoTests
  const unloaded = report.testResults.filter(isUnloaded).length
  passed = report.numPassedTests
  failed = report.numFailedTests + unloaded + (strict ? skipped : 0)
} else {
  failed = 1
  console.error(`${path}: no whole report`)
}
if (exitCode !== '0' && failed === 0) {
  failed = 1
  console.error(`${path}: an error outside any test`)
}
console.log(`${passed} ${failed}`)

/** Undefined if vitest ended before it had written it, or while it did. */
function read() {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * A file that could not be loaded has failed, yet none of its tests has.
 * @param {{ status: string, assertionResults: { status: string }[] }} file
 */
function isUnloaded({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
}
