/** The lines of code around a fault, for `gangway dev` and `--reload`. */
import { readFileSync, statSync } from 'node:fs'
import { isGangwayError } from '@gangway/core'
import { framePosition, syntaxPosition } from './position.ts'

/** Lines above and below the fault. */
const AROUND = 2
/** Characters of a line. */
const MAX_WIDTH = 160
/** Bytes of a file. Longer ones are bundles, whose lines say little. */
const MAX_FILE = 2 * 1024 * 1024

/** Of the innermost line of the user's own code on the stack, or of the line that cannot be parsed. */
export function codeFrameOf(error: unknown): string | undefined {
  const origin = isGangwayError(error) && error.cause instanceof Error ? error.cause : error
  return origin instanceof Error ? codeFrame(syntaxPosition(origin) ?? framePosition(origin)) : undefined
}

/** `position` is `file:line:column`, counted from 1. Undefined if the file does not have such a line. */
export function codeFrame(position: string | undefined): string | undefined {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(position ?? '') ?? []
  const lines = file === undefined ? undefined : linesOf(file)
  const at = Number(line)
  if (!lines || at < 1 || at > lines.length) return undefined
  const first = Math.max(1, at - AROUND)
  const shown = lines.slice(first - 1, at + AROUND)
  const width = String(first + shown.length - 1).length
  const numbered = shown.flatMap((text, index) => {
    const number = first + index
    const row = `${number === at ? '>' : ' '} ${String(number).padStart(width)} | ${text.slice(0, MAX_WIDTH)}`.trimEnd()
    return number === at && Number(column) <= MAX_WIDTH ? [row, `  ${' '.repeat(width)} | ${text.slice(0, Number(column) - 1).replaceAll(/[^\t]/g, ' ')}^`] : [row]
  })
  return [position, ...numbered].join('\n')
}

function linesOf(file: string): string[] | undefined {
  try {
    const { size } = statSync(file)
    return size <= MAX_FILE ? readFileSync(file, 'utf8').split(/\r?\n/) : undefined
  } catch {
    return undefined
  }
}

const frames = new WeakMap<Error, string>()

/** Has `fail()` print the code below the error. Returns the same error. */
export function withCodeFrame<E extends Error>(error: E): E {
  const frame = codeFrameOf(error)
  if (frame !== undefined) frames.set(error, frame)
  return error
}

export const attachedFrame = (error: Error): string | undefined => frames.get(error)
