/** The interface between a command that loads a server file and the calls of `run()` and `serve()` in that file. Works across copies of this package. */
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { Running } from './server-transport.ts'

/** Command-line options. They override the options in code. */
export interface LaunchFlags {
  readonly transport?: string
  readonly host?: string
  readonly port?: number
  readonly path?: string
  readonly allowedHosts?: readonly string[] | 'any'
  readonly allowedOrigins?: readonly string[] | 'any'
  /** Only for Streamable HTTP. */
  readonly sessions?: 'none'
  /** The `authenticate` option, for transports over HTTP. Untyped, because it may come from another copy of this package. */
  readonly authenticate?: unknown
}

export interface Launch {
  readonly flags: LaunchFlags
  readonly banner: boolean
  /**
   * Every `run()` and `serve()` calls this instead of starting directly. The command thereby learns of the server, and does not start a server twice.
   * It can pass another server to `start`, which is then served instead.
   */
  run(server: ServerDefinition, start: (served?: ServerDefinition) => Promise<Running>): Promise<Running>
  /** Resolves a transport package that is not installed in the server's project. Throws if the command does not have it either. */
  resolve(packageName: string): string
}

const KEY = Symbol.for('gangway.launch')
const holder = globalThis as { [KEY]?: Launch }

/** The launch in progress; undefined unless a command is loading this program. */
export const currentLaunch = (): Launch | undefined => holder[KEY]

/** For commands: sets the launch that later calls of `run()` and `serve()` use, and makes `isMain()` return false. */
export function beginLaunch(launch: Launch): void {
  holder[KEY] = launch
}
