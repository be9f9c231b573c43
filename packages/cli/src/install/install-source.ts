/** Resolves the server to install to a command line that works in any working directory. */
import { join, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { findConfig, isConfigName, noConfig } from '../config/find-config.ts'
import { parsePackage } from '../environment/package-spec.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { findPackage } from '../load/find-package.ts'
import { packagesOf } from '../load/find-workspace.ts'
import { parseSpec } from '../load/file-spec.ts'
import { localFlags, rejectLocal, type EnvironmentOptions, type SourceOptions } from '../option-groups.ts'
import { isUrl, parseJsonSpec } from '../upstreams/parse-target.ts'
import { nameFor, plainName } from './entry-name.ts'

export interface SourceRequest extends Pick<SourceOptions, 'module' | 'profile'>, EnvironmentOptions {}

export interface Source {
  /** The target for `gangway run`, with absolute paths. */
  readonly spec: string
  readonly flags: readonly string[]
  /** A file in the server's project, which may have gangway installed. */
  readonly file: string
  readonly name: string
}

/** Without `typed`, uses the config file in the working directory. Throws `GANGWAY_E_USAGE` and errors of finding the file. */
export function sourceOf(typed: string | undefined, options: SourceRequest, args: readonly string[]): Source {
  const { module } = options
  if (typed !== undefined && module !== undefined) throw new GangwayError('GANGWAY_E_USAGE', `Both a package (-m ${module}) and a file (${typed}) are given. Remove one of them`)
  const { isLocal, ...source } = module !== undefined ? ofPackage(module, options) : typed === undefined ? ofPath(localConfig()) : isUrl(typed) ? ofUrl(typed) : ofPath(typed)
  if (options.profile !== undefined && isLocal && !isConfigName(source.file)) throw new GangwayError('GANGWAY_E_USAGE', '--profile selects a profile of a config file, but no config file is used. Remove it')
  const local = absolute(options)
  if (isLocal) return { ...source, flags: localFlags(local) }
  if (args.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${typed} is a remote server and accepts no arguments. Remove everything after --`)
  rejectLocal(local, String(typed))
  return { ...source, flags: [] }
}

/** The name that `sourceOf` derives; undefined if `typed` is neither a file nor a URL. */
export const sourceName = (typed: string): string | undefined => (isUrl(typed) ? ofUrl(typed).name : isFile(pathOf(typed).path) ? ofPath(typed).name : undefined)

interface Found extends Omit<Source, 'flags'> {
  /** False for a URL and an mcp.json. */
  readonly isLocal: boolean
}

function ofPath(typed: string): Found {
  const { path, part } = pathOf(typed)
  const file = findFile(path)
  const isServers = parseJsonSpec(typed) !== undefined && !isConfigName(file)
  return { spec: part === undefined ? file : `${file}:${part}`, file, name: isServers && part !== undefined ? part : nameFor(file), isLocal: !isServers }
}

function pathOf(typed: string): { path: string; part: string | undefined } {
  const json = isFile(typed) ? undefined : parseJsonSpec(typed)
  if (json) return { path: json.path, part: json.server }
  const { path, exportName } = parseSpec(typed, isFile)
  return { path, part: exportName }
}

function ofUrl(url: string): Found {
  if (!URL.canParse(url)) throw new GangwayError('GANGWAY_E_URL', `Invalid URL ${JSON.stringify(url)}. Write it as https://host:port/path`)
  return { spec: url, file: join(process.cwd(), 'package.json'), name: plainName(new URL(url).hostname), isLocal: false }
}

/** A package from `--with` is resolved later, in the server's environment. */
function ofPackage(typed: string, { with: packages }: SourceRequest): Found {
  const { path: name, exportName } = parseSpec(typed, () => false)
  const short = name.replace(/^@[^/]*\//, '')
  if (packages?.some((one) => parsePackage(one, '--with', process.cwd()).name === name)) return { spec: `--module=${typed}`, file: join(process.cwd(), 'package.json'), name: plainName(short), isLocal: true }
  const file = findPackage(name, [process.cwd()])
  return { spec: exportName === undefined ? file : `${file}:${exportName}`, file, name: plainName(short), isLocal: true }
}

function localConfig(): string {
  const found = findConfig(process.cwd())
  if (found === undefined) throw noConfig(process.cwd(), packagesOf(process.cwd()))
  return found
}

/** Without the package, which is the target of the entry, and the variables, which the entry contains. */
function absolute({ with: packages, withPackageJson, project, ...options }: SourceRequest): object {
  const paths = { withPackageJson: withPackageJson && resolve(withPackageJson), project: project && resolve(project) }
  return { ...options, ...paths, with: packages?.map((text) => parsePackage(text, '--with', process.cwd()).text), module: undefined, env: undefined, envFile: undefined }
}
