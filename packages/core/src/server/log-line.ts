/** How the default logger writes one line: as JSON for programs, readable for people. It never fails, whatever was thrown. */
import { codeFrameOf } from './code-frame.ts'
import { hostProcess } from './host.ts'
import { errorFields, isErrorLike, type ErrorFields } from './thrown.ts'

/** `err` becomes `{ type, message, stack }`. */
export function jsonLine(level: string, details: object, message: string): string {
  const frame = frameOf(details)
  const line = { time: new Date().toISOString(), level, message, ...details, ...(frame !== undefined && { frame }) }
  try {
    return JSON.stringify(line, withErrors)
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(line).map(([name, value]) => [name, typeof value === 'string' || typeof value === 'number' ? value : inspect(value)])))
  }
}

/** Arguments for `console.error`: the message, the details, and below them the stack. */
export function prettyLine(level: string, details: object, message: string): unknown[] {
  const { err, frame: _, ...rest } = details as { err?: unknown; frame?: unknown }
  const frame = frameOf(details)
  const blocks = [...(isErrorLike(err) ? [stackText(err)] : []), ...(frame === undefined ? [] : [frame])]
  return [
    printable(`${level.padEnd(5)} ${message}`),
    ...(Object.keys(rest).length > 0 ? [rest] : []),
    ...(err === undefined || isErrorLike(err) ? [] : [printable(inspect(err))]),
    ...(blocks.length > 0 ? [`\n${printable(blocks.join('\n\n'))}`] : []),
  ]
}

/** The lines of code around the place, for the commands that show them. */
function frameOf({ err, frame }: { readonly err?: unknown; readonly frame?: unknown }): string | undefined {
  if (typeof frame === 'string') return frame
  try {
    return isErrorLike(err) ? codeFrameOf(err) : undefined
  } catch {
    return undefined
  }
}

function stackText(error: Error): string {
  try {
    return textOf(errorFields(error))
  } catch {
    return inspect(error)
  }
}

function textOf({ type, message, stack, cause, errors = [] }: ErrorFields): string {
  const head = `${type}: ${message}`
  const own = stack?.includes(message) ? stack : [head, ...(stack === undefined ? [] : [stack])].join('\n') // Some runtimes leave the message out of the stack.
  const causes = [...(cause ? [cause] : []), ...errors].map((one) => `caused by ${'type' in one ? textOf(one) : inspect(one.value)}`)
  return [own, ...causes].join('\n')
}

/** Members of what was thrown may throw when they are read. */
function inspect(value: unknown): string {
  try {
    return hostProcess()?.getBuiltinModule?.('node:util').inspect(value) ?? String(value)
  } catch {
    return '[a value that cannot be shown]'
  }
}

/** `JSON.stringify` shows errors as `{}`, since their members are not enumerable. */
const withErrors = (_key: string, value: unknown): unknown => (isErrorLike(value) ? errorFields(value) : typeof value === 'bigint' ? String(value) : value)

/** What would steer a terminal: messages may quote what a client sent. Lines and tabs stay. */
const CONTROL = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu

const printable = (text: string): string => text.replaceAll(CONTROL, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
