/** Bad input that takes the command a while to tell from good. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gangway, project } from './gangway.ts'

test('a file that keeps the process busy, exports no server and never calls run()', async () => {
  const cwd = project({ 'server.js': 'export const timer = setInterval(() => {}, 1000)\n' })
  const { stderr, code } = await gangway(['run', 'server.js'], { cwd })
  const file = join(cwd, 'server.js')
  expect(stderr).toBe(`gangway: ${file} exports no server, and has not called run() yet: waiting, up to 5 s\ngangway: GANGWAY_E_NO_SERVER: ${file} exports no server, but timer: Timeout: export default the server, or name its export, ${file}:name\n`)
  expect(code).toBe(4)
})
