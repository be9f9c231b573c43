/** @gangway/core/proxy: a server that passes everything on to another one. */
export { proxy, type ProxyOptions } from './proxy/proxy.ts'
