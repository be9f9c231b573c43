/** Says in one line why a file could not be loaded, and what mends it. */
import { GangwayError, isGangwayError } from '@gangway/core'
import { exitCodeOf, messageOf } from '../errors.ts'
import { importError, isImportError } from './import-error.ts'
import { framePosition, syntaxPosition } from './position.ts'

/** `doing` completes "the file threw while …". */
export function loadError(error: unknown, file: string, doing = 'loading'): GangwayError {
  if (isGangwayError(error)) return located(error)
  if (error instanceof Error) {
    if (isImportError(error)) return importError(error, file)
    const position = syntaxPosition(error)
    if (position && isSyntaxError(error)) return new GangwayError('GANGWAY_E_SYNTAX', `${reason(error)}: ${remedy(error, position)}`, { cause: error })
  }
  return new GangwayError('GANGWAY_E_LOAD', `${file} threw while ${doing}, ${messageOf(error)}: see ${framePosition(error) ?? file}`, { cause: error })
}

/** The author's mistakes, such as a tool that is there twice, show where; those of the command line do not come from a line of code. */
function located(error: GangwayError): GangwayError {
  const position = exitCodeOf(error) === 4 ? framePosition(error) : undefined
  return position ? new GangwayError(error.code, `${error.message} (${position})`, { cause: error }) : error
}

const isSyntaxError = (error: Error): boolean => error instanceof SyntaxError || error.message.startsWith('ParseError:')

const remedy = ({ message }: Error, position: string): string =>
  message.includes('outside a module') ? `name the file .mjs, or set "type": "module" in its package.json (${position})` : `mend ${position}`

const reason = ({ message }: Error): string =>
  (message.split('\n')[0] ?? '')
    .replace(/^ParseError: /, '')
    .replace(/\(\d+:\d+\)\s*$/, '')
    .trim()
