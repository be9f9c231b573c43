/** Runs commands on Windows that are not .exe files. npx is a script: only cmd.exe runs it, and cmd.exe parses its arguments. The escaping rules are those of cross-spawn. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { win32 } from 'node:path'

export interface SpawnedCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Whether the arguments are already quoted. */
  readonly verbatim: boolean
}

/** File system access, replaced in tests. */
export interface Files {
  isFile(path: string): boolean
  /** The first bytes of a file, as text. */
  beginning(path: string): string
}

export const FILES: Files = {
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  beginning: (path) => {
    const bytes = new Uint8Array(150)
    let file: number | undefined
    try {
      file = openSync(path, 'r')
      return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes)))
    } catch {
      return '' // An unreadable file may still be executable.
    } finally {
      if (file !== undefined) closeSync(file)
    }
  },
}

/** Runs a program directly and a script with a shebang through its interpreter. Any other script runs through `cmd.exe`, with its special characters escaped. */
export function windowsCommand(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>, cwd: string, files: Files = FILES): SpawnedCommand {
  const found = locate(command, env, cwd, files)
  const [interpreter, ...options] = found === undefined ? [] : interpreterOf(files.beginning(found))
  return interpreter === undefined ? started(command, found, args, env) : started(interpreter, locate(interpreter, env, cwd, files), [...options, found ?? command, ...args], env)
}

/** The words of a shebang line, without folders of other systems and without `env`. */
function interpreterOf(text: string): string[] {
  const [path = '', ...words] = /^#!(.*)/.exec(text)?.[1]?.trim().split(/\s+/) ?? []
  const [name = ''] = path.split('/').slice(-1)
  const all = name === 'env' ? words.filter((word) => word !== '-S') : [name, ...words]
  return all[0] ? all : []
}

function started(command: string, found: string | undefined, args: readonly string[], env: Readonly<Record<string, string | undefined>>): SpawnedCommand {
  if (found === undefined || /\.(?:exe|com)$/i.test(found)) return { command: found ?? command, args, verbatim: false }
  // Scripts that npm installs call `cmd.exe` themselves, so their arguments are parsed twice.
  const twice = /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(found)
  const line = [escapeMeta(win32.normalize(found)), ...args.map((argument) => escapeArgument(argument, twice))].join(' ')
  return { command: variable(env, 'COMSPEC') ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}

/** The file of a command: with an extension from PATHEXT, otherwise as given. Undefined if there is none. */
function locate(command: string, env: Readonly<Record<string, string | undefined>>, cwd: string, { isFile }: Files): string | undefined {
  const extensions = (variable(env, 'PATHEXT') ?? '.EXE;.CMD;.BAT;.COM').split(';')
  const candidates = [...(win32.extname(command) === '' ? [] : [command]), ...extensions.map((extension) => command + extension)]
  const folders = /[\\/]/.test(command) ? [cwd] : [cwd, ...(variable(env, 'PATH') ?? '').split(';')]
  const find = (names: readonly string[]): string | undefined => folders.flatMap((folder) => names.map((name) => win32.resolve(folder.replaceAll('"', ''), name))).find(isFile)
  return find(candidates) ?? find([command])
}

/** Names of variables are case-insensitive on Windows. */
const variable = (env: Readonly<Record<string, string | undefined>>, name: string): string | undefined => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1]

const escapeMeta = (text: string): string => text.replace(/[()[\]%!^"`<>&|;, *?]/g, '^$&')

function escapeArgument(argument: string, twice: boolean): string {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`
  const escaped = escapeMeta(quoted)
  return twice ? escapeMeta(escaped) : escaped
}
