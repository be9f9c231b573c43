/** Who is asked: a server's file, an address, an mcp.json, or a program. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { findFile, isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/spec.ts'
import { ownBin } from '../own-bin.ts'
import { findUpstreams, type Upstreams } from '../upstreams/find.ts'
import { isUrl, parseJsonSpec } from '../upstreams/spec.ts'
import { shellWords } from './shell-words.ts'

export interface TargetOptions {
  /** A program and its arguments, in one. */
  readonly command?: string
  readonly header?: Readonly<Record<string, string>>
  /** Seconds that an answer may take. */
  readonly timeout?: number
}

export interface Target {
  readonly upstreams: Upstreams
  /** Is `gangway run` itself, whose complaints are ours. */
  readonly isFile: boolean
}

/** Whether it can only be a target, where the first word may also be the name of a tool. */
const isTarget = (word: string): boolean => isUrl(word) || parseJsonSpec(word) !== undefined || /\.[cm]?[jt]sx?(?:[:#]|$)/.test(word) || isFile(word)

/** The target's word, and those behind it. `rest` is what follows `--`: arguments of a server's file, or else a program of its own. */
export async function findTarget(words: readonly string[], { command, header }: TargetOptions, rest: readonly string[]): Promise<{ target: Target; words: readonly string[] }> {
  const [first, ...others] = words
  if (command !== undefined || (rest.length > 0 && (first === undefined || !isTarget(first)))) {
    if (header) throw new GangwayError('GANGWAY_E_USAGE', '--header is for an address, https://…: leave it out')
    const [program, ...args] = command === undefined ? rest : [...shellWords(command), ...rest]
    return { target: { upstreams: ofProgram(program ?? '', args), isFile: false }, words }
  }
  if (first === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'It is not said which server: name its file, its address, an mcp.json, or --command')
  const upstreams = await findUpstreams(first, { headers: header })
  if (upstreams && rest.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${first} is served elsewhere, and takes no arguments: leave out what follows --`)
  if (upstreams) return { target: { upstreams, isFile: false }, words: others }
  findFile(parseSpec(first, isFile).path)
  return { target: { upstreams: ofProgram(process.execPath, [...process.execArgv, ownBin(), 'run', first, '-t', 'stdio', ...(rest.length > 0 ? ['--', ...rest] : [])], { GANGWAY_LOG_LEVEL: process.env['GANGWAY_LOG_LEVEL'] ?? 'warn' }), isFile: true }, words: others }
}

/** Somebody typed it into a shell: it gets what programs get there. */
function ofProgram(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Upstreams {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Map([['', { kind: 'stdio', command, args, env: { ...Object.fromEntries(own), ...env }, cwd: process.cwd() }]])
}

/** Where nothing but a target is typed. */
export async function findOnly(words: readonly string[], options: TargetOptions, rest: readonly string[]): Promise<Target> {
  const { target, words: others } = await findTarget(words, options, rest)
  const [extra] = others
  if (extra !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `There is no use for '${extra}': leave it out, or see gangway call`)
  return target
}
