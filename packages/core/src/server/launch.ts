/** How a command that loads a server file speaks to the `run()` calls in it, across copies of this package. */
import type { ServerDefinition } from './definition.ts'
import type { Running } from './transport.ts'

/** Settings that a command line lays over those in code. */
export interface LaunchFlags {
  readonly transport?: string
  readonly host?: string
  readonly port?: number
  readonly path?: string
  readonly allowedHosts?: readonly string[] | 'any'
  readonly allowedOrigins?: readonly string[] | 'any'
  /** Of Streamable HTTP alone. */
  readonly sessions?: 'stateless'
  /** Of the transports over HTTP: their `authenticate`, which is theirs to know. It may come from another copy of this package. */
  readonly authenticate?: unknown
}

export interface Launch {
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** Every `run()` passes through here, so that the command knows of it, and a server that the command has started is not started again. Another server may be served in its stead. */
  run(server: ServerDefinition, start: (served?: ServerDefinition) => Promise<Running>): Promise<Running>
  /** Finds a transport package that the server's own project lacks; throws if there is none. */
  resolve(packageName: string): string
}

const KEY = Symbol.for('gangway.launch')
const holder = globalThis as { [KEY]?: Launch }

/** Undefined unless a command is loading this program. */
export const currentLaunch = (): Launch | undefined => holder[KEY]

/** For commands: from now on, `run()` follows this launch and `isMain` is false. */
export function beginLaunch(launch: Launch): void {
  holder[KEY] = launch
}
