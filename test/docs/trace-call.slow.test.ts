/** ARCHITECTURE.md names the files that a call runs through, and a call stays short. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { problemsOf } from '../trace-call/check.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${root}/ARCHITECTURE.md`, 'utf8')

const trace = async () => JSON.parse((await promisify(execFile)(process.execPath, ['scripts/trace-call.mjs', '--json'], { cwd: root, maxBuffer: 2 ** 24 })).stdout) as Parameters<typeof problemsOf>[0]

test('the table "The life of a request" lists exactly the files of the traces, within their limits', async () => {
  const traces = await trace()
  expect(traces).toHaveLength(8)
  expect(problemsOf(traces, page)).toEqual([])
  // The check itself notices a missing file, a file that does not run, and a deep stack.
  const [first = { name: '', files: [], stack: [] }] = traces
  expect(problemsOf([{ ...first, files: [...first.files.slice(1), 'packages/core/src/new.ts'] }], page)).toHaveLength(2)
  expect(problemsOf([{ ...first, stack: [...first.stack, 'packages/core/src/new.ts'] }], page)).toHaveLength(1)
})
