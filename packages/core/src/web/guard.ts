/** Refuses what a web page must not reach: requests whose Host or Origin is not one of ours (DNS rebinding, cross-site calls). */
import { remembered } from './remembered.ts'

export interface GuardOptions {
  /** Host names that clients may address, with a port or without, or 'any'. @default `GANGWAY_ALLOWED_HOSTS` where `http()` or `sse()` listens, else loopback names */
  allowedHosts?: readonly string[] | 'any'
  /** Origins of web pages that may call, such as `https://app.example.com`, or 'any'. @default `GANGWAY_ALLOWED_ORIGINS` there, else pages served by the allowed hosts */
  allowedOrigins?: readonly string[] | 'any'
}

/** The reason to refuse a request with these headers; undefined lets it pass. */
export type Guard = (host: string | undefined, origin: string | undefined) => string | undefined

export function createGuard({ allowedHosts, allowedOrigins }: GuardOptions): Guard {
  const hosts = allowedHosts === 'any' ? 'any' : new Set(allowedHosts?.map((host) => host.toLowerCase()))
  const origins = allowedOrigins === 'any' ? 'any' : allowedOrigins && new Set(allowedOrigins.map((origin) => origin.toLowerCase()))

  const isAllowedHost = (authority: string): boolean => {
    if (hosts === 'any') return true
    const name = hostNameOf(authority)
    if (!allowedHosts) return isLoopback(name)
    return hosts.has(name) || hosts.has(authority.toLowerCase())
  }
  const isAllowedOrigin = (origin: string, host: string): boolean => {
    if (origins) return origins === 'any' || origins.has(origin.toLowerCase())
    if (!URL.canParse(origin)) return false
    const authority = new URL(origin).host
    // Where any host will do, there is no list to compare with, but a page may always call the host that served it.
    return hosts === 'any' ? authority === host.toLowerCase() : isAllowedHost(authority)
  }

  return (host = '', origin) => {
    if (!isAllowedHost(host)) return `Host "${host}" is not allowed here: add it to allowedHosts (--allowed-host)`
    if (origin !== undefined && !isAllowedOrigin(origin, host)) return `Origin "${origin}" is not allowed here: add it to allowedOrigins (--allowed-origin)`
    return undefined
  }
}

/** Whether only this machine can reach a server at this host name or address. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** The name in `name:port`, in lower case; empty where there is none. */
const hostNameOf = remembered((authority) => (URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : ''))
