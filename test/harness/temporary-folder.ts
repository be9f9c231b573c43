/** A temporary folder for each test file, removed when the file is over. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterFile } from './cleanup.ts'

let folder: string | undefined

export function temporaryFolder(): string {
  if (folder === undefined) {
    const created = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-test-'))
    folder = created
    afterFile(() => {
      folder = undefined
      rmSync(created, { recursive: true })
    })
  }
  return folder
}
