/** Shows what would change in a configuration. */
import { say, write } from '../output.ts'
import type { Change } from './config-file.ts'
import { difference } from './diff.ts'
import type { Spot } from './edit-config.ts'
import { masked } from './mask.ts'

/** As a difference without secrets. */
export function showChange({ file, before, after }: Change, spot: Spot): undefined {
  if (before === after) return void say(`${file} would not change.`)
  const text = difference(file, before === undefined ? undefined : masked(before, spot), masked(after, spot))
  if (text === '') say(`Only values that are not shown would change in ${file}.`)
  else write(text)
}
