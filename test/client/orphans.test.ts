/** What a server leaves behind when its client ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@gangway/core/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gangway-orphans-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(process.platform !== 'linux')("[case A10] a process that a server's shell left behind is killed with the client", async () => {
  const file = join(folder, 'pid')
  const program = fileURLToPath(new URL('../programs/stdio-server.mjs', import.meta.url))
  const client = await connect(stdioClient({ command: 'sh', args: ['-c', `sleep 300 & echo $! > "${file}"; exec "${process.execPath}" "${program}"`] }))
  const id = Number(readFileSync(file, 'utf8'))
  expect(process.kill(id, 0)).toBe(true)
  await client.close()
  await expect.poll(() => isAlive(id)).toBe(false)
})

/** A process that has ended and waits for its parent to ask is gone as well. */
function isAlive(id: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
  } catch {
    return false
  }
}
