/** Formats the lines of the default logger, as JSON or as readable text. Never throws, whatever value is logged. */
import { codeFrameOf } from './code-frame.ts'
import { hostProcess } from '../process/host-process.ts'
import { errorFields, isErrorLike, type ErrorFields } from './thrown-value.ts'

/** A line of JSON. `err` becomes `{ type, message, stack }`, with `code`, `cause` and `errors` if the error has them. */
export function jsonLine(level: string, details: object, message: string): string {
  const frame = frameOf(details)
  const line = { time: new Date().toISOString(), level, message, ...details, ...(frame !== undefined && { frame }) }
  try {
    return JSON.stringify(line, withErrors)
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(line).map(([name, value]) => [name, typeof value === 'string' || typeof value === 'number' ? value : inspect(value)])))
  }
}

/** The arguments for `console.error`: the message, the details, and the stack below them. */
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

/** The source lines around the place where the error was thrown, if a command has called `showCode`. */
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
  const own = stack?.includes(message) ? stack : [head, ...(stack === undefined ? [] : [stack])].join('\n') // In some runtimes, the stack does not contain the message.
  const causes = [...(cause ? [cause] : []), ...errors].map((one) => `caused by ${'type' in one ? textOf(one) : inspect(one.value)}`)
  return [own, ...causes].join('\n')
}

/** A thrown value may have getters that throw. */
function inspect(value: unknown): string {
  try {
    return hostProcess()?.getBuiltinModule?.('node:util').inspect(value) ?? String(value)
  } catch {
    return '[a value that cannot be shown]'
  }
}

/** Without this, `JSON.stringify` writes errors as `{}`, because their members are not enumerable, and throws for a bigint. */
const withErrors = (_key: string, value: unknown): unknown => (isErrorLike(value) ? errorFields(value) : typeof value === 'bigint' ? String(value) : value)

/** Characters that could control the terminal, because messages may quote input of a client. Newlines and tabs are allowed. */
const CONTROL = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu

const printable = (text: string): string => text.replaceAll(CONTROL, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
