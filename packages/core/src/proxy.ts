/** @gangway/core/proxy: servers that pass everything on to others. */
export { proxyAll, type ProxyAllOptions, type UpstreamOptions } from './proxy/many.ts'
export type { ProxyCaller, TransportOf } from './proxy/connections.ts'
export { proxy, type ProxyOptions, type ProxyServer } from './proxy/proxy.ts'
export { isSdkServer, sdkServer, type SdkServer, type SdkServerOptions, type SdkTransport } from './proxy/sdk-server.ts'
