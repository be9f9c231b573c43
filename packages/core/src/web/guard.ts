/** Refuses what a web page must not reach: requests whose Host or Origin is not one of ours (DNS rebinding, cross-site calls). */
import { GangwayError } from '../gangway-error.ts'
import { shown, type OptionNames } from '../option-names.ts'
import { remembered } from './remembered.ts'

export interface GuardOptions {
  /** Host names that clients may address, with a port or without, or 'any'. @default `GANGWAY_ALLOWED_HOSTS` where `http()` or `sse()` listens, else loopback names */
  allowedHosts?: readonly string[] | 'any'
  /** Origins of web pages that may call, such as `https://app.example.com`, or 'any'. @default `GANGWAY_ALLOWED_ORIGINS` there, else pages served by the allowed hosts */
  allowedOrigins?: readonly string[] | 'any'
}

export const GUARD_OPTIONS: OptionNames<GuardOptions> = { allowedHosts: true, allowedOrigins: true }

/** The reason to refuse a request with these headers; undefined lets it pass. */
export type Guard = (host: string | undefined, origin: string | undefined) => string | undefined

/** Throws `GANGWAY_E_USAGE` for what no request could ever match. */
export function createGuard({ allowedHosts, allowedOrigins }: GuardOptions): Guard {
  checkNames('allowedHosts (--allowed-host)', 'mcp.example.com', allowedHosts, (host) => host !== '' && !/[/,]/.test(host))
  checkNames('allowedOrigins (--allowed-origin)', 'https://app.example.com', allowedOrigins, (origin) => origin.toLowerCase() === originOf(origin)?.toLowerCase())
  const hosts = allowedHosts === 'any' ? 'any' : new Set(allowedHosts?.map((host) => host.toLowerCase()))
  const origins = allowedOrigins === 'any' ? 'any' : allowedOrigins && new Set(allowedOrigins.map((origin) => origin.toLowerCase()))

  const isAllowedHost = (authority: string): boolean => {
    if (hosts === 'any') return true
    if (/[/\\@?#]/.test(authority)) return false
    const name = hostNameOf(authority)
    if (!allowedHosts) return isLoopbackName(name)
    return hosts.has(name) || hosts.has(authority.toLowerCase())
  }
  const isAllowedOrigin = (origin: string, host: string): boolean => {
    if (origins) return origins === 'any' || origins.has(origin.toLowerCase())
    if (!/^https?:\/\/[^/\\@?#]+$/i.test(origin) || !URL.canParse(origin)) return false // Pages of HTTP servers send nothing else.
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

function checkNames(option: string, example: string, names: unknown, isOne: (name: string) => boolean): void {
  if (names === undefined || names === 'any') return
  const fault = (reason: string): GangwayError => new GangwayError('GANGWAY_E_USAGE', `${option} ${reason}`)
  if (!Array.isArray(names)) throw fault(`must be a list, such as ['${example}'], or 'any', not ${shown(names)}`)
  for (const name of names) {
    if (name === 'any' || String(name).includes('*')) throw fault(`knows no ${shown(name)} in a list: name each, or write 'any' in place of the list`)
    if (typeof name !== 'string' || !isOne(name)) throw fault(`has ${shown(name)}, which nothing matches: write it like '${example}'`)
  }
}

/** As browsers send it: with no path, and no port that the scheme has anyway. Pages without an origin send `null`; those of browser extensions and the like, a scheme of their own. */
function originOf(text: string): string | undefined {
  if (text === 'null' || !URL.canParse(text)) return text === 'null' ? text : undefined
  const { origin, protocol, host } = new URL(text)
  return origin === 'null' ? `${protocol}//${host}` : origin
}

/** Whether only this machine can reach a server at this host name or address. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * Whether browsers resolve this host name to this machine, whatever DNS says: `localhost`, names below it, and both with a dot at the end.
 * Specification: RFC 6761, 6.3; W3C Secure Contexts, 5.2.
 */
function isLoopbackName(host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return isLoopback(name) || name.endsWith('.localhost')
}

/** The name in `name:port`, in lower case; empty where there is none. */
const hostNameOf = remembered((authority) => (URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : ''))
