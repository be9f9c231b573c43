/** A folder, and those above it: how far a search for what belongs to a project goes. */
import { dirname } from 'node:path'

/** The nearest first. */
export function ancestors(folder: string): readonly string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}
