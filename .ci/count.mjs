/** Prints how many tests passed and failed: `node .ci/count.mjs <vitest's JSON report> <vitest's exit code>`. */

import { existsSync, readFileSync } from 'node:fs'

const [path = '', exitCode] = process.argv.slice(2)

let passed = 0
let failed = 0
if (existsSync(path)) {
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const skipped = report.numPendingTests + report.numTodoTests
  const unloaded = report.testResults.filter(isUnloaded).length
  passed = report.numPassedTests
  failed = report.numFailedTests + unloaded + (process.env.CI === 'true' ? skipped : 0)
} else {
  failed = 1
}
if (exitCode !== '0' && failed === 0) failed = 1 // An error outside any test.
console.log(`${passed} ${failed}`)

/**
 * A file that could not be loaded has failed, yet none of its tests has.
 * @param {{ status: string, assertionResults: { status: string }[] }} file
 */
function isUnloaded({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
}
