/** Chromium from npm, which comes packed for a machine without anything. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { pathOf } from './runtimes.ts'

/** Unpacked beside its package, so that it is done once. */
function unpacked(): string {
  const packed = pathOf('chromium')
  const directory = join(dirname(packed), 'unpacked')
  if (existsSync(directory)) return directory
  const draft = mkdtempSync(`${directory}-`)
  writeFileSync(join(draft, 'chromium'), brotliDecompressSync(readFileSync(packed)), { mode: 0o755 })
  execFileSync('tar', ['-x', '-C', draft], { input: brotliDecompressSync(readFileSync(join(dirname(packed), 'al2023.tar.br'))) }) // Libraries, which a machine may lack.
  renameSync(draft, directory)
  return directory
}

export interface Browser {
  close(): Promise<void>
}

/** Shows the page. Not with the flags that the package suggests: they turn off what is to be seen here, the rules between origins. */
export function browse(url: string): Browser {
  const directory = unpacked()
  const profile = mkdtempSync(join(tmpdir(), 'gangway-chromium-'))
  const flags = ['--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu', `--user-data-dir=${profile}`]
  const child = spawn(join(directory, 'chromium'), [...flags, url], { env: { HOME: profile, LD_LIBRARY_PATH: join(directory, 'lib') }, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  child.stderr.resume()
  const ended = once(child, 'close') // When the last of its processes is gone: they share its stderr, and write into the profile until then.
  return {
    close: async () => {
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
      await ended
      rmSync(profile, { recursive: true, maxRetries: 5 })
    },
  }
}
