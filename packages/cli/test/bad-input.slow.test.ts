/** Bad input that takes the command a while to tell from good. */
import { expect, test } from 'vitest'
import { gangway, project } from './gangway.ts'

test('a file that keeps the process busy, exports no server and never calls run()', async () => {
  const cwd = project({ 'server.js': 'export const timer = setInterval(() => {}, 1000)\n' })
  const { stderr, code } = await gangway(['run', 'server.js'], { cwd })
  expect(stderr).toMatch(/^gangway: GANGWAY_E_NO_SERVER: .* exports no server, but timer: Timeout: [^\n]*\n$/)
  expect(code).toBe(4)
})
