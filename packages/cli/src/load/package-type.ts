/** What a file's package says of its modules. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The `type` of the nearest package.json, if it has one. */
export function packageType(file: string): unknown {
  const folder = dirname(file)
  if (folder === file) return undefined
  const manifest = join(folder, 'package.json')
  return existsSync(manifest) ? typeIn(readFileSync(manifest, 'utf8')) : packageType(folder)
}

function typeIn(manifest: string): unknown {
  try {
    return (JSON.parse(manifest) as { type?: unknown } | null)?.type
  } catch {
    return undefined // Whoever needs more of it will say what is wrong.
  }
}
