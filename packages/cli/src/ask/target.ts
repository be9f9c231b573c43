/** Who is asked: a server's file, an address, an mcp.json, or a program. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { findConfig } from '../config/find-config.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/spec.ts'
import { localFlags, rejectLocal, type EnvironmentOptions, type SourceOptions } from '../option-groups.ts'
import { ownBin } from '../own-bin.ts'
import { findUpstreams, type Upstreams } from '../upstreams/find.ts'
import { isUrl, parseJsonSpec } from '../upstreams/spec.ts'
import { shellWords } from './shell-words.ts'

export interface TargetOptions extends SourceOptions, EnvironmentOptions {
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
export async function findTarget(words: readonly string[], options: TargetOptions, rest: readonly string[]): Promise<{ target: Target; words: readonly string[] }> {
  const { command, header, module, filter, config } = options
  const [first, ...others] = words
  const isNamed = first !== undefined && isTarget(first)
  const isChosen = [module, filter, config].some((option) => option !== undefined)
  if (command !== undefined || (rest.length > 0 && !isNamed && !isChosen)) {
    const [program = '', ...args] = command === undefined ? rest : [...shellWords(command), ...rest]
    if (header) throw new GangwayError('GANGWAY_E_USAGE', '--header is for an address, https://…: leave it out')
    rejectLocal(options, program)
    return { target: { upstreams: ofProgram(program, args), isFile: false }, words }
  }
  if (!isNamed && (isChosen || findConfig(process.cwd()) !== undefined)) return { target: ofRun([], options, rest), words }
  if (first === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'It is not said which server: name its file, its address, an mcp.json, or --command')
  const upstreams = await findUpstreams(first, { headers: header })
  if (!upstreams) {
    findFile(parseSpec(first, isFile).path)
    return { target: ofRun([first], options, rest), words: others }
  }
  if (rest.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${first} is served elsewhere, and takes no arguments: leave out what follows --`)
  rejectLocal(options, first)
  return { target: { upstreams, isFile: false }, words: others }
}

/** What `gangway run` serves, in a process of its own. */
function ofRun(spec: readonly string[], options: TargetOptions, args: readonly string[]): Target {
  if (options.header) throw new GangwayError('GANGWAY_E_USAGE', '--header is for an address, https://…: leave it out')
  const words = [...process.execArgv, ownBin(), 'run', ...spec, '-t', 'stdio', ...localFlags(options), ...(args.length > 0 ? ['--', ...args] : [])]
  // The log of the child goes through a pipe, where it would be JSON.
  const format = process.stderr.isTTY ? { GANGWAY_LOG_FORMAT: process.env['GANGWAY_LOG_FORMAT'] ?? 'pretty' } : {}
  return { upstreams: ofProgram(process.execPath, words, { GANGWAY_LOG_LEVEL: process.env['GANGWAY_LOG_LEVEL'] ?? 'warn', ...format }), isFile: true }
}

/** Somebody typed it into a shell: it gets what programs get there. */
function ofProgram(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Upstreams {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Map([['', { kind: 'stdio', command, args, env: { ...Object.fromEntries(own), ...env }, cwd: process.cwd(), secrets: secretsIn(process.env) }]])
}

/** Values of variables whose names say that they are secret. The others are settings of the shell. */
const secretsIn = (env: NodeJS.ProcessEnv): string[] => Object.entries(env).flatMap(([name, value]) => (value !== undefined && /TOKEN|SECRET|PASSW|KEY|CREDENTIAL|AUTH/i.test(name) ? [value] : []))

/** Where nothing but a target is typed. */
export async function findOnly(words: readonly string[], options: TargetOptions, rest: readonly string[]): Promise<Target> {
  const { target, words: others } = await findTarget(words, options, rest)
  const [extra] = others
  if (extra !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `There is no use for '${extra}': leave it out, or see gangway call`)
  return target
}
