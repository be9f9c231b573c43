/** Excerpts of source code around an error. */
import { readFileSync, statSync } from 'node:fs'
import { isGangwayError } from '@gangway/core'
import { framePosition, syntaxPosition } from './position.ts'

/** Lines above and below the error. */
const AROUND = 2
/** Longer lines are cut. */
const MAX_WIDTH = 160
/** In bytes. Larger files are bundles, whose lines are not readable. */
const MAX_FILE = 2 * 1024 * 1024

/** The excerpt at the syntax error, or at the innermost stack frame in the user's own code. */
export function codeFrameOf(error: unknown): string | undefined {
  const origin = isGangwayError(error) && error.cause instanceof Error ? error.cause : error
  return origin instanceof Error ? codeFrame(syntaxPosition(origin) ?? framePosition(origin)) : undefined
}

/** `position` is `file:line:column`, 1-based. Undefined if the line does not exist. */
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

/** Makes `fail()` print the excerpt below the error. Returns the error. */
export function withCodeFrame<E extends Error>(error: E): E {
  const frame = codeFrameOf(error)
  if (frame !== undefined) frames.set(error, frame)
  return error
}

export const attachedFrame = (error: Error): string | undefined => frames.get(error)
