/** Loads a transport by name. Resolves its package from the program, because the program depends on it and core does not. */
import { GangwayError } from '../gangway-error.ts'
import { hostProcess } from './host-process.ts'
import { currentLaunch } from './launch.ts'
import type { Transport } from './server-transport.ts'

const PACKAGES = {
  stdio: { package: '@gangway/transport-stdio', export: 'stdio' },
  http: { package: '@gangway/transport-http', export: 'http' },
  'streamable-http': { package: '@gangway/transport-http', export: 'http' },
  sse: { package: '@gangway/transport-sse', export: 'sse' },
} as const

export type TransportName = keyof typeof PACKAGES

const isTransportName = (name: string): name is TransportName => Object.hasOwn(PACKAGES, name)

/** Throws `GANGWAY_E_TRANSPORT_UNKNOWN` for an unknown name, and `GANGWAY_E_TRANSPORT_MISSING` if the package cannot be loaded. */
export async function loadTransport(name: string, options: object): Promise<Transport> {
  if (!isTransportName(name)) {
    throw new GangwayError('GANGWAY_E_TRANSPORT_UNKNOWN', `Unknown transport "${name}": use ${Object.keys(PACKAGES).join(', ')}, or pass a transport object`)
  }
  const { package: packageName, export: exportName } = PACKAGES[name]
  const url = locate(packageName, name)
  // The comments in import() keep webpack, Turbopack and Vite from bundling the module: the URL is known only at run time.
  const module = (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url)) as Record<string, (options: object) => Transport>
  const create = module[exportName]
  if (!create) throw new GangwayError('GANGWAY_E_TRANSPORT_MISSING', `${packageName} exports no "${exportName}": npm install ${packageName}@latest`)
  return create(options)
}

function locate(packageName: string, name: TransportName): string {
  const process = hostProcess()
  if (!process) throw new GangwayError('GANGWAY_E_TRANSPORT_MISSING', `This runtime has no process, so a transport cannot be loaded by name: ${byValue(packageName, name)}`)
  const { createRequire } = process.getBuiltinModule('node:module')
  const attempts = [
    () => createRequire(process.argv[1] ?? `${process.cwd()}/`).resolve(packageName), //
    () => currentLaunch()?.resolve(packageName),
    () => createRequire(`${process.cwd()}/`).resolve(packageName),
  ]
  for (const attempt of attempts) {
    try {
      const path = attempt()
      if (path) return process.getBuiltinModule('node:url').pathToFileURL(path).href
    } catch {
      // The package is not installed there; try the next place.
    }
  }
  const advice = currentLaunch() ? '' : `. In a bundle, pass the transport as a value: ${byValue(packageName, name)}`
  throw new GangwayError('GANGWAY_E_TRANSPORT_MISSING', `The ${name} transport needs ${packageName}, which is not installed: npm install ${packageName}${advice}`)
}

/** The fix for bundles, which contain only modules that are imported by name. */
const byValue = (packageName: string, name: TransportName): string => `import { ${PACKAGES[name].export} } from '${packageName}' and call server.run(${PACKAGES[name].export}())`
