/** Wraps a server of the official SDK, or a function that creates one, in a proxy. */
import { basename } from 'node:path'
import { GangwayError } from '@gangway/core'
import { proxy, sdkServer, type ProxyServer, type SdkServer } from '@gangway/core/proxy'

/** The result serves one client at a time. Throws `GANGWAY_E_SDK_SERVER`. */
export function ofInstance(server: SdkServer, file: string): ProxyServer {
  rejectConnected(server, file)
  return proxy(sdkServer(server, { name: basename(file) }))
}

/** `first` is the server that `make` has already returned once. Throws `GANGWAY_E_SDK_SERVER`. */
export function ofFactory(first: SdkServer, make: () => Promise<unknown>, file: string): ProxyServer {
  rejectConnected(first, file)
  const made = [first]
  return proxy(sdkServer(async () => made.pop() ?? ((await make()) as SdkServer), { name: basename(file) }))
}

/** Its own connection would use stdout, which belongs to the command. */
function rejectConnected(server: SdkServer & { readonly server?: unknown; readonly transport?: unknown }, file: string): void {
  const { transport } = (server.server ?? server) as { transport?: unknown }
  if (transport !== undefined) throw new GangwayError('GANGWAY_E_SDK_SERVER', `${file} connects its server to a transport, so gangway cannot connect to it. Move the connect() call to another file`)
}
