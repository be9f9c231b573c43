/** Explains why a file could not be loaded, and where to fix it. */
import { GangwayError, isGangwayError } from '@gangway/core'
import { exitCodeOf, messageOf } from '../errors.ts'
import { importError, isImportError } from './import-error.ts'
import { framePosition, syntaxPosition } from './position.ts'

/** `doing` completes "threw while …". */
export function loadError(error: unknown, file: string, doing = 'loading'): GangwayError {
  if (isGangwayError(error)) return located(error)
  if (error instanceof Error) {
    if (isImportError(error)) return importError(error, file)
    const position = syntaxPosition(error)
    if (position && isSyntaxError(error)) return new GangwayError('GANGWAY_E_SYNTAX', `Syntax error at ${position}: ${reason(error)}${remedy(error)}`, { cause: error })
  }
  return new GangwayError('GANGWAY_E_LOAD', `${file} threw while ${doing}: ${messageOf(error)}. See ${framePosition(error) ?? file}`, { cause: error })
}

/** Adds the position to errors in the server's code, such as a duplicate tool. Errors of the command line have no position in code. */
function located(error: GangwayError): GangwayError {
  const position = exitCodeOf(error) === 4 ? framePosition(error) : undefined
  return position ? new GangwayError(error.code, `${error.message} (${position})`, { cause: error }) : error
}

const isSyntaxError = (error: Error): boolean => error instanceof SyntaxError || error.message.startsWith('ParseError:')

const remedy = ({ message }: Error): string => (message.includes('outside a module') ? '. Rename the file to .mjs, or set "type": "module" in package.json' : '')

const reason = ({ message }: Error): string =>
  (message.split('\n')[0] ?? '')
    .replace(/^ParseError: /, '')
    .replace(/\(\d+:\d+\)\s*$/, '')
    .trim()
