/** Says which `GANGWAY_…` variables mean nothing, for they are likely misspelt. */
import process from 'node:process'
import { closest } from '@gangway/core'
import { say } from '../output.ts'
import { describedVariables } from './settings.ts'

/** To be called in the process that serves, so that it is said once. */
export function warnOfUnknownVariables(): void {
  const known = describedVariables().map(({ variable }) => variable)
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^GANGWAY_\w+$/.test(name) || !value || known.includes(name)) continue
    const near = closest(name.slice('GANGWAY_'.length), known.map((one) => one.slice('GANGWAY_'.length)))
    say(`gangway: The variable ${name} means nothing to gangway: ${near === undefined ? `there are ${known.join(', ')}` : `did you mean GANGWAY_${near}?`}`)
  }
}
