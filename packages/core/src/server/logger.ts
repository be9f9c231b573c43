/** Where the engine reports what the wire must not carry. */
import { hostProcess, variable } from './host.ts'
import { jsonLine, prettyLine } from './log-line.ts'

/** Any pino- or console-like logger. The second argument is the message; the first has the details, with an error as `err`. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  /** Whether lines of a level are written at all, as pino's loggers can tell: what is not need not be made. @default they are */
  isLevelEnabled?(level: string): boolean
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
type Level = Exclude<(typeof LEVELS)[number], 'silent'>

/** Writes to stderr: a readable line on a terminal, a line of JSON elsewhere, or as `GANGWAY_LOG_FORMAT` says ('pretty', 'json'). `GANGWAY_LOG_LEVEL` sets the lowest level. @default 'info' */
export const stderrLogger: Logger = {
  debug: (details, message) => write('debug', details, message),
  info: (details, message) => write('info', details, message),
  warn: (details, message) => write('warn', details, message),
  error: (details, message) => write('error', details, message),
  isLevelEnabled: (level) => (LEVELS as readonly string[]).indexOf(level) >= lowestLevel(),
}

/** Whether people read the log, rather than programs. */
export function logsPretty(): boolean {
  const format = variable('GANGWAY_LOG_FORMAT')
  return format === 'pretty' || (format !== 'json' && hostProcess()?.stderr?.isTTY === true)
}

let survivesItsReader = false

/** Read on first use: looking into the environment costs more than most of what a request does. */
let lowest: number | undefined

/** As an index into the levels. */
const lowestLevel = (): number => (lowest ??= readLowestLevel())

function readLowestLevel(): number {
  const level = (LEVELS as readonly string[]).indexOf(variable('GANGWAY_LOG_LEVEL')?.toLowerCase() ?? 'info')
  return level < 0 ? LEVELS.indexOf('info') : level
}

function write(level: Level, details: object, message: string): void {
  if (LEVELS.indexOf(level) < lowestLevel()) return
  const stderr = hostProcess()?.stderr
  if (!survivesItsReader) stderr?.on?.('error', () => {}) // A reader that has gone must not end the server.
  survivesItsReader = true
  // In every runtime that has a stderr, `console.error` writes there.
  if (logsPretty()) console.error(...prettyLine(level, details, message))
  else console.error(jsonLine(level, details, message))
}
