/** How Windows starts what is no .exe: npx and its like are scripts, which only its shell runs, and whose arguments that shell reads. The rules are those of cross-spawn. */
import { statSync } from 'node:fs'
import { extname, win32 } from 'node:path'

export interface SpawnedCommand {
  readonly command: string
  readonly args: readonly string[]
  /** The arguments are quoted already. */
  readonly verbatim: boolean
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** A program is started as it is; a script through `cmd.exe`, with everything that means something to it escaped. */
export function windowsCommand(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>, cwd: string, exists: (path: string) => boolean = isFile): SpawnedCommand {
  const found = locate(command, env, cwd, exists)
  if (found === undefined || /\.(?:exe|com)$/i.test(found)) return { command: found ?? command, args, verbatim: false }
  // What npm installs runs through a script that calls `cmd.exe` itself: there, arguments are read twice.
  const twice = /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(found)
  const line = [escapeMeta(win32.normalize(found)), ...args.map((argument) => escapeArgument(argument, twice))].join(' ')
  return { command: variable(env, 'COMSPEC') ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}

/** Where the command leads, with the extension that PATHEXT adds; undefined if nowhere. */
function locate(command: string, env: Readonly<Record<string, string | undefined>>, cwd: string, exists: (path: string) => boolean): string | undefined {
  const extensions = (variable(env, 'PATHEXT') ?? '.EXE;.CMD;.BAT;.COM').split(';')
  const candidates = extname(command) === '' ? extensions.map((extension) => command + extension) : [command, ...extensions.map((extension) => command + extension)]
  const folders = /[\\/]/.test(command) ? [cwd] : [cwd, ...(variable(env, 'PATH') ?? '').split(';')]
  return folders.flatMap((folder) => candidates.map((candidate) => win32.resolve(folder.replaceAll('"', ''), candidate))).find(exists)
}

/** Names of variables have no case there. */
const variable = (env: Readonly<Record<string, string | undefined>>, name: string): string | undefined => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1]

const escapeMeta = (text: string): string => text.replace(/[()[\]%!^"`<>&|;, *?]/g, '^$&')

function escapeArgument(argument: string, twice: boolean): string {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`
  const escaped = escapeMeta(quoted)
  return twice ? escapeMeta(escaped) : escaped
}
