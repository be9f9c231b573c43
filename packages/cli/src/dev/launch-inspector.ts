/** Installs and starts the Inspector, and opens its page. */
import process from 'node:process'
import { logLine } from '../output.ts'
import { pageOf, writeCatalog, type HttpServer, type StdioServer } from './inspector-config.ts'
import { startInspector, type Inspector } from './inspector-process.ts'
import { INSPECTOR_VERSION, installInspector } from './install-inspector.ts'
import { openBrowser } from './open-browser.ts'
import { choosePorts, moved, type RequestedPorts } from './inspector-ports.ts'

export interface InspectOptions extends RequestedPorts {
  readonly inspectorVersion?: string
  /** `--no-install` */
  readonly install: boolean
  readonly refresh?: boolean
  /** `--no-open` */
  readonly open: boolean
  readonly debug?: boolean
}

export interface Inspected {
  /** The name of the server in the Inspector. */
  readonly name: string
  readonly server: HttpServer | StdioServer
  /** For the Inspector's files. Must be readable only by this user. */
  readonly folder: string
  /** Whether to print the Inspector's output. */
  readonly verbose: boolean
}

/** Resolves when the page can be opened. Throws `GANGWAY_E_INSPECTOR` and installation errors. */
export async function inspect({ name, server, folder, verbose }: Inspected, options: InspectOptions): Promise<Inspector> {
  const { inspectorVersion = INSPECTOR_VERSION, install, refresh = false, debug = false, open } = options
  const program = await installInspector(inspectorVersion, { install, refresh, debug, folder: process.cwd() })
  const ports = await choosePorts(options)
  for (const line of moved(ports, options)) logLine(`gangway: ${line}`)
  const inspector = startInspector({ program, catalog: writeCatalog(folder, name, server), ports, verbose })
  const origin = await inspector.up.catch(async (error: unknown) => {
    await inspector.stop()
    throw error
  })
  const page = pageOf(origin, inspector.token, server)
  logLine(`MCP Inspector: ${page}`)
  if (open) openBrowser(page)
  return inspector
}
