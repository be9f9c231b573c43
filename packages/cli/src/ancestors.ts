/** A folder and its parents, for searches that go up to the root. */
import { dirname } from 'node:path'

/** Nearest first. */
export function ancestors(folder: string): readonly string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}
