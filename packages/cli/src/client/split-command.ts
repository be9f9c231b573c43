/** Splits a command line like a shell. Supports quotes and backslashes only. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'

const WORD = /\s*((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)\s*/gsy
/** On Windows, backslashes are path separators. */
const WINDOWS_WORD = /\s*((?:[^\s'"]|'[^']*'|"[^"]*")+)\s*/gsy

/** Throws `GANGWAY_E_USAGE` for an unclosed quote and for an empty line. */
export function shellWords(line: string): [string, ...string[]] {
  const isWindows = process.platform === 'win32'
  const matches = [...line.matchAll(isWindows ? WINDOWS_WORD : WORD)]
  const [first, ...more] = matches.map(([, word = '']) => unquote(word, isWindows))
  if (first === undefined || matches.reduce((length, [whole]) => length + whole.length, 0) < line.length) throw new GangwayError('GANGWAY_E_USAGE', `Invalid --command '${line}': expected a program and its arguments, with all quotes closed`)
  return [first, ...more]
}

const unquote = (word: string, isWindows: boolean): string =>
  word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (whole, single?: string, double?: string, escaped?: string) => single ?? (isWindows ? (double ?? whole) : (double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? whole)))
