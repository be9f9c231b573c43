/** Entry point `@gangway/core/proxy`: servers that forward every request to upstream servers. */
export { proxyAll, type ProxyAllOptions, type UpstreamOptions } from './proxy/aggregate-proxy.ts'
export type { ProxyCaller, TransportOf } from './proxy/connections.ts'
export type { ProxyServer } from './proxy/proxy-base.ts'
export { proxy, type ProxyOptions } from './proxy/single-proxy.ts'
export { isSdkServer, sdkServer, type SdkServer, type SdkServerOptions, type SdkTransport } from './proxy/sdk-server.ts'
