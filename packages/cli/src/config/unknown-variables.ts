/** Warns about unknown `GANGWAY_…` variables, which are probably misspelled. */
import process from 'node:process'
import { closest } from '@gangway/core/internal'
import { logLine } from '../output.ts'
import { variableNames } from './settings-table.ts'

/** Call it only in the process that runs the server, so that the warning appears once. */
export function warnOfUnknownVariables(): void {
  const known = variableNames()
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^GANGWAY_\w+$/.test(name) || !value || known.includes(name)) continue
    const near = closest(name.slice('GANGWAY_'.length), known.map((one) => one.slice('GANGWAY_'.length)))
    logLine(`gangway: Unknown variable ${name}. ${near === undefined ? 'gangway run --help lists all variables' : `Did you mean GANGWAY_${near}?`}`)
  }
}
