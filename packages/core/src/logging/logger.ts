/** The `Logger` interface, and the default logger, which writes to stderr because stdout belongs to the protocol. */
import { hostProcess, variable } from '../process/host-process.ts'
import { jsonLine, prettyLine } from './log-line.ts'

/** Any pino-like or console-like logger. The first argument holds the details, with an error as `err`. The second argument is the message. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  /** Whether lines of this level are written, as in pino. The server does not build lines of a disabled level. @default they are */
  isLevelEnabled?(level: string): boolean
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
type Level = Exclude<(typeof LEVELS)[number], 'silent'>

/**
 * Writes to stderr: readable lines on a terminal, otherwise one JSON object per line. `GANGWAY_LOG_FORMAT` ('pretty' or 'json') overrides the format.
 * `GANGWAY_LOG_LEVEL` sets the lowest level. @default 'info'
 */
export const stderrLogger: Logger = {
  debug: (details, message) => write('debug', details, message),
  info: (details, message) => write('info', details, message),
  warn: (details, message) => write('warn', details, message),
  error: (details, message) => write('error', details, message),
  isLevelEnabled: (level) => (LEVELS as readonly string[]).indexOf(level) >= lowestLevel(),
}

/** Whether the default logger writes readable lines instead of JSON. */
export function logsPretty(): boolean {
  const format = variable('GANGWAY_LOG_FORMAT')
  return format === 'pretty' || (format !== 'json' && hostProcess()?.stderr?.isTTY === true)
}

let survivesItsReader = false

/** Read once, on first use: reading an environment variable costs more than most of the work for a request. */
let lowest: number | undefined

/** The lowest level that is written, as an index into `LEVELS`. */
const lowestLevel = (): number => (lowest ??= readLowestLevel())

function readLowestLevel(): number {
  const level = (LEVELS as readonly string[]).indexOf(variable('GANGWAY_LOG_LEVEL')?.toLowerCase() ?? 'info')
  return level < 0 ? LEVELS.indexOf('info') : level
}

function write(level: Level, details: object, message: string): void {
  if (LEVELS.indexOf(level) < lowestLevel()) return
  const stderr = hostProcess()?.stderr
  if (!survivesItsReader) stderr?.on?.('error', () => {}) // If the reader of stderr has exited, the error event must not end the server.
  survivesItsReader = true
  // `console.error` writes to stderr in every runtime that has one.
  if (logsPretty()) console.error(...prettyLine(level, details, message))
  else console.error(jsonLine(level, details, message))
}
