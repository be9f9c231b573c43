/** Bad input that takes the command a while to tell from good. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorPattern, gangway, project } from './gangway.ts'

test('a file that keeps the process busy, without a server or run()', async () => {
  const cwd = project({ 'server.js': 'export const timer = setInterval(() => {}, 1000)\n' })
  const { stderr, code } = await gangway(['run', 'server.js'], { cwd })
  const file = join(cwd, 'server.js')
  expect(stderr.split('\n')[0]).toMatch(/^gangway: .*server\.js .*5 s$/)
  expect(stderr).toMatch(errorPattern(`GANGWAY_E_NO_SERVER: ${file} … timer (Timeout)`))
  expect(code).toBe(4)
})
