/** @gangway/core/proxy: a server that passes everything on to another one. */
export { proxy, type ProxyOptions, type ProxyServer } from './proxy/proxy.ts'
