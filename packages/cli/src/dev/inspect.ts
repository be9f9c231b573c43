/** The Inspector, from the registry to its page. */
import process from 'node:process'
import { say } from '../output.ts'
import { pageOf, writeCatalog, type HttpServer, type StdioServer } from './catalog.ts'
import { startInspector, type Inspector } from './inspector.ts'
import { INSPECTOR_VERSION, installInspector } from './install-inspector.ts'
import { openBrowser } from './open-browser.ts'
import { choosePorts, moved, type AskedPorts } from './ports.ts'

export interface InspectOptions extends AskedPorts {
  readonly inspectorVersion?: string
  /** `--no-install` */
  readonly install: boolean
  readonly refresh?: boolean
  /** `--no-open` */
  readonly open: boolean
  readonly debug?: boolean
}

export interface Inspected {
  /** Under which it stands there. */
  readonly name: string
  readonly server: HttpServer | StdioServer
  /** For the Inspector's files, and readable by this user alone. */
  readonly folder: string
  /** Whether to show what the Inspector prints. */
  readonly verbose: boolean
}

/** Resolves when its page can be opened. Throws `GANGWAY_E_INSPECTOR`, and what installing does. */
export async function inspect({ name, server, folder, verbose }: Inspected, options: InspectOptions): Promise<Inspector> {
  const { inspectorVersion = INSPECTOR_VERSION, install, refresh = false, debug = false, open } = options
  const program = await installInspector(inspectorVersion, { install, refresh, debug, folder: process.cwd() })
  const ports = await choosePorts(options)
  for (const line of moved(ports, options)) say(`gangway: ${line}`)
  const inspector = startInspector({ program, catalog: writeCatalog(folder, name, server), ports, verbose })
  const origin = await inspector.up.catch(async (error: unknown) => {
    await inspector.stop()
    throw error
  })
  const page = pageOf(origin, inspector.token, server)
  say(`MCP Inspector: ${page}`)
  if (open) openBrowser(page)
  return inspector
}
