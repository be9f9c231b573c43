/** How the command ends when something is wrong: one line on stderr, and an exit code that scripts can tell apart. */
import process from 'node:process'
import { inspect } from 'node:util'
import { GangwayError, isGangwayError, redact } from '@gangway/core'
import { attachedFrame } from './load/code-frame.ts'
import { say } from './output.ts'

const EXIT_CODES: Readonly<Record<string, number>> = {
  GANGWAY_E_INTERNAL: 1,
  GANGWAY_E_STDOUT: 1,
  GANGWAY_E_START: 1,
  GANGWAY_E_AUTH: 2,
  GANGWAY_E_USAGE: 2,
  GANGWAY_E_CONFIG: 2,
  GANGWAY_E_ENV_FILE: 2,
  GANGWAY_E_ALLOWED_HOSTS: 2,
  GANGWAY_E_TRANSPORT_UNKNOWN: 2,
  GANGWAY_E_HOST_CONFIG: 2,
  GANGWAY_E_ENTRY_TAKEN: 2,
  GANGWAY_E_ENTRY_NOT_FOUND: 2,
  GANGWAY_E_MCP_JSON: 2,
  GANGWAY_E_ARGUMENT: 2,
  GANGWAY_E_TOOL_NOT_FOUND: 2,
  GANGWAY_E_PROMPT_NOT_FOUND: 2,
  GANGWAY_E_URL: 2,
  GANGWAY_E_PORT_IN_USE: 3,
  GANGWAY_E_BIND: 3,
  GANGWAY_E_PACKAGE_NOT_FOUND: 6,
  GANGWAY_E_PACKAGE_VERSION: 6,
  GANGWAY_E_PACKAGE_CONFLICT: 6,
  GANGWAY_E_PACKAGE_INSTALL: 6,
  GANGWAY_E_REGISTRY: 6,
  GANGWAY_E_CACHE_FOLDER: 6,
  GANGWAY_E_NOT_INSTALLED: 6,
  GANGWAY_E_NPM_MISSING: 6,
  GANGWAY_E_NODE: 6,
  GANGWAY_E_NODE_VERSION: 6,
  GANGWAY_E_INSPECTOR: 6,
  GANGWAY_E_UNREACHABLE: 5,
  GANGWAY_E_HTTP_STATUS: 5,
  GANGWAY_E_REDIRECT: 5,
  GANGWAY_E_NOT_MCP: 5,
  GANGWAY_E_TOO_LARGE: 5,
  GANGWAY_E_REVISION: 5,
  GANGWAY_E_CLOSED: 5,
  GANGWAY_E_TIMEOUT: 5,
  GANGWAY_E_SESSION_ENDED: 5,
  GANGWAY_E_RESULT: 5,
  GANGWAY_E_REFUSED: 7,
  GANGWAY_E_TOOL: 7,
}
/** What else can be wrong lies in the server's file, which may also bring codes of its own. */
const CANNOT_LOAD = 4

/** What each exit code says, for the docs. */
export const EXIT_CODE_MEANINGS: Readonly<Record<number, string>> = {
  0: 'it ended in good order, or answered',
  1: 'a fault of Gangway or of a close hook, a print to stdout with `--strict-stdout`, or a start that outlasted its client',
  2: 'what was typed or configured makes no sense, or the server has no such name or argument',
  3: 'the address could not be bound',
  4: 'the server could not be loaded, or does not start as a host would start it',
  5: 'a server elsewhere cannot be reached, does not speak MCP, or does not answer in time',
  6: 'what the server runs in could not be prepared',
  7: 'the tool failed, or the server answered with an error',
  9: 'from Node itself: there is no such `--env-file`',
  130: 'a second SIGINT cut the end short; 143 for SIGTERM, 129 for SIGHUP',
}

/** `[code of the error, exit code]` of each that is not about loading. */
export const exitCodes = (): readonly (readonly [string, number])[] => Object.entries(EXIT_CODES)

export const exitCodeOf = ({ code }: GangwayError): number => EXIT_CODES[code] ?? CANNOT_LOAD

/** `debug` adds stacks and causes. */
export function fail(error: unknown, debug: boolean): never {
  const fault = isGangwayError(error) ? error : internalError(error)
  const frame = attachedFrame(fault)
  say([lineOf(fault), ...(debug ? [redact(inspect(fault))] : []), ...(frame === undefined ? [] : [frame])].join('\n'))
  process.exit(exitCodeOf(fault))
}

/** An error after which there is something to finish. */
export function blame(error: GangwayError): void {
  say(lineOf(error))
  process.exitCode = exitCodeOf(error)
}

/** What somebody threw, in words that a sentence can go on after; anything can be thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : error
  return typeof text === 'string' ? text.replace(/[.\s]+$/, '') : inspect(text, { depth: 0 })
}

/** Node gives its errors one; so do we. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const lineOf = ({ code, message }: GangwayError): string => `gangway: ${code}: ${redact(message).trim().replaceAll(/\s*\n\s*/g, ' ')}`

function internalError(cause: unknown): GangwayError {
  if (isOfRemovedFolder(cause)) return new GangwayError('GANGWAY_E_USAGE', `The working directory ${process.env['PWD'] ?? ''} no longer exists: change to another one`, { cause })
  return new GangwayError('GANGWAY_E_INTERNAL', `${messageOf(cause)}: this is a fault of gangway; please report it with what --debug shows at https://github.com/gangway-mcp/gangway/issues`, { cause })
}

/** Node asks the system for the working directory whenever a path is relative. */
const isOfRemovedFolder = (error: unknown): boolean => codeOf(error) === 'ENOENT' && (error as { syscall?: unknown }).syscall === 'uv_cwd'
