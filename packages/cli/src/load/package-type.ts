/** What a file's package says of its modules. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ancestors } from '../ancestors.ts'

/** The `type` of the nearest package.json, if it has one. */
export function packageType(file: string): unknown {
  const manifest = ancestors(dirname(file)).map((above) => join(above, 'package.json')).find(existsSync)
  return manifest === undefined ? undefined : typeIn(readFileSync(manifest, 'utf8'))
}

function typeIn(manifest: string): unknown {
  try {
    return (JSON.parse(manifest) as { type?: unknown } | null)?.type
  } catch {
    return undefined // Whoever needs more of it will say what is wrong.
  }
}
