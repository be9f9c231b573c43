/** Finds the server that `list`, `call` and `inspect` connect to: a file, a URL, an mcp.json or a program. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { findConfig } from '../config/find-config.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/file-spec.ts'
import { localFlags, rejectLocal, type EnvironmentOptions, type SourceOptions } from '../option-groups.ts'
import { ownBin } from '../own-bin.ts'
import type { Upstreams } from '../upstreams/mcp-json-entry.ts'
import { findUpstreams } from '../upstreams/find-upstreams.ts'
import { isUrl, parseJsonSpec } from '../upstreams/parse-target.ts'
import { shellWords } from './split-command.ts'

export interface TargetOptions extends SourceOptions, EnvironmentOptions {
  /** A program and its arguments, in one string. */
  readonly command?: string
  readonly header?: Readonly<Record<string, string>>
  /** The request timeout in seconds. */
  readonly timeout?: number
}

export interface Target {
  readonly upstreams: Upstreams
  /** Whether the server is started with `gangway run`. */
  readonly isFile: boolean
}

/** Whether the argument is a target rather than the name of a tool. */
const isTarget = (word: string): boolean => isUrl(word) || parseJsonSpec(word) !== undefined || /\.[cm]?[jt]sx?(?:[:#]|$)/.test(word) || isFile(word)

/** Returns the target and the remaining arguments. `rest` follows `--`: arguments for a server's file, or else a program to run. */
export async function findTarget(words: readonly string[], options: TargetOptions, rest: readonly string[]): Promise<{ target: Target; words: readonly string[] }> {
  const { command, header, module, filter, config } = options
  const [first, ...others] = words
  const isNamed = first !== undefined && isTarget(first)
  const isChosen = [module, filter, config].some((option) => option !== undefined)
  if (command !== undefined || (rest.length > 0 && !isNamed && !isChosen)) {
    const [program = '', ...args] = command === undefined ? rest : [...shellWords(command), ...rest]
    if (header) throw new GangwayError('GANGWAY_E_USAGE', '--header applies only to a URL. Remove it')
    rejectLocal(options, program)
    return { target: { upstreams: ofProgram(program, args), isFile: false }, words }
  }
  if (!isNamed && (isChosen || findConfig(process.cwd()) !== undefined)) return { target: ofRun([], options, rest), words }
  if (first === undefined) throw new GangwayError('GANGWAY_E_USAGE', 'No server given. Pass a file, a URL, an mcp.json or --command')
  const upstreams = await findUpstreams(first, { headers: header })
  if (!upstreams) {
    findFile(parseSpec(first, isFile).path)
    return { target: ofRun([first], options, rest), words: others }
  }
  if (rest.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${first} is a remote server and accepts no arguments. Remove everything after --`)
  rejectLocal(options, first)
  return { target: { upstreams, isFile: false }, words: others }
}

/** Runs `gangway run` in a child process. */
function ofRun(spec: readonly string[], options: TargetOptions, args: readonly string[]): Target {
  if (options.header) throw new GangwayError('GANGWAY_E_USAGE', '--header applies only to a URL. Remove it')
  const words = [...process.execArgv, ownBin(), 'run', ...spec, '-t', 'stdio', ...localFlags(options), ...(args.length > 0 ? ['--', ...args] : [])]
  // The child's stderr is a pipe, where the default format would be JSON.
  const format = process.stderr.isTTY ? { GANGWAY_LOG_FORMAT: process.env['GANGWAY_LOG_FORMAT'] ?? 'pretty' } : {}
  return { upstreams: ofProgram(process.execPath, words, { GANGWAY_LOG_LEVEL: process.env['GANGWAY_LOG_LEVEL'] ?? 'warn', ...format }), isFile: true }
}

/** The program gets the full environment, as if it was started in the shell. */
function ofProgram(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Upstreams {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Map([['', { kind: 'stdio', command, args, env: { ...Object.fromEntries(own), ...env }, cwd: process.cwd(), secrets: secretsIn(process.env) }]])
}

/** Values of variables that look secret by name. */
const secretsIn = (env: NodeJS.ProcessEnv): string[] => Object.entries(env).flatMap(([name, value]) => (value !== undefined && /TOKEN|SECRET|PASSW|KEY|CREDENTIAL|AUTH/i.test(name) ? [value] : []))

/** For commands that accept only a target. */
export async function findOnly(words: readonly string[], options: TargetOptions, rest: readonly string[]): Promise<Target> {
  const { target, words: others } = await findTarget(words, options, rest)
  const [extra] = others
  if (extra !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `Unexpected argument "${extra}". Remove it, or use gangway call`)
  return target
}
