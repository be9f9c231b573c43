/** The module type of the package that a file belongs to. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ancestors } from '../ancestors.ts'

/** The `type` field of the nearest package.json. */
export function packageType(file: string): unknown {
  const manifest = ancestors(dirname(file)).map((above) => join(above, 'package.json')).find(existsSync)
  return manifest === undefined ? undefined : typeIn(readFileSync(manifest, 'utf8'))
}

function typeIn(manifest: string): unknown {
  try {
    return (JSON.parse(manifest) as { type?: unknown } | null)?.type
  } catch {
    return undefined // Code that depends on the file reports the error.
  }
}
