/** Prints the changes for `--dry-run`. */
import { logLine, write } from '../output.ts'
import type { Change } from './host-config-file.ts'
import { difference } from './diff.ts'
import type { Spot } from './edit-host-config.ts'
import { masked } from './mask-secrets.ts'

/** Prints a diff without secrets. */
export function showChange({ file, before, after }: Change, spot: Spot): undefined {
  if (before === after) return void logLine(`${file} would not change.`)
  const text = difference(file, before === undefined ? undefined : masked(before, spot), masked(after, spot))
  if (text === '') logLine(`Only hidden values would change in ${file}.`)
  else write(text)
}
