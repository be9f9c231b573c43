/** Reports errors: one line on stderr, and an exit code for each kind of error. */
import process from 'node:process'
import { inspect } from 'node:util'
import { GangwayError, isGangwayError } from '@gangway/core'
import { redact } from '@gangway/core/internal'
import { attachedFrame } from './load/code-frame.ts'
import { logLine } from './output.ts'

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
/** For every other code: errors of the server's file, including codes that its packages define. */
const CANNOT_LOAD = 4

/** Meanings of the exit codes, for the docs. */
export const EXIT_CODE_MEANINGS: Readonly<Record<number, string>> = {
  0: 'success, or a graceful shutdown',
  1: 'internal error, failed close hook, output on stdout with `--strict-stdout`, or a client that disconnected during startup',
  2: 'invalid command line, configuration, tool name, prompt name or argument',
  3: 'the server cannot listen on the address',
  4: 'the server cannot be loaded or started',
  5: 'a remote server is unreachable, does not speak MCP, or timed out',
  6: 'packages, Node.js or the Inspector could not be installed',
  7: 'the tool failed, or the server returned an error',
  9: 'from Node.js itself: the `--env-file` does not exist',
  130: 'a second SIGINT interrupted the shutdown; 143 for SIGTERM, 129 for SIGHUP',
}

/** Pairs of error code and exit code, without those of loading a server (exit code 4). */
export const exitCodes = (): readonly (readonly [string, number])[] => Object.entries(EXIT_CODES)

export const exitCodeOf = ({ code }: GangwayError): number => EXIT_CODES[code] ?? CANNOT_LOAD

/** Prints the error and exits. `debug` adds stacks and causes. */
export function fail(error: unknown, debug: boolean): never {
  const fault = isGangwayError(error) ? error : internalError(error)
  const frame = attachedFrame(fault)
  logLine([lineOf(fault), ...(debug ? [redact(inspect(fault))] : []), ...(frame === undefined ? [] : [frame])].join('\n'))
  process.exit(exitCodeOf(fault))
}

/** Prints the error and sets the exit code, for a command that still has work to do. */
export function reportError(error: GangwayError): void {
  logLine(lineOf(error))
  process.exitCode = exitCodeOf(error)
}

/** The message of any thrown value, without a full stop at the end. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : error
  return typeof text === 'string' ? text.replace(/[.\s]+$/, '') : inspect(text, { depth: 0 })
}

/** The `code` property of an error of Node.js or Gangway. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const lineOf = ({ code, message }: GangwayError): string => `gangway: ${code}: ${redact(message).trim().replaceAll(/\s*\n\s*/g, ' ')}`

function internalError(cause: unknown): GangwayError {
  if (isOfRemovedFolder(cause)) return new GangwayError('GANGWAY_E_USAGE', `The working directory ${process.env['PWD'] ?? ''} no longer exists. Change to another one`, { cause })
  return new GangwayError('GANGWAY_E_INTERNAL', `Internal error: ${messageOf(cause)}. Please report it, with the output of --debug, at https://github.com/gangway-mcp/gangway/issues`, { cause })
}

/** `process.cwd()` fails with this error once the folder has been removed. */
const isOfRemovedFolder = (error: unknown): boolean => codeOf(error) === 'ENOENT' && (error as { syscall?: unknown }).syscall === 'uv_cwd'
