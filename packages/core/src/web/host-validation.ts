/** Rejects requests with a Host or Origin header that is not allowed. This protects local servers from DNS rebinding and cross-site requests. */
import { GangwayError } from '../gangway-error.ts'
import { shown, type OptionNames } from '../util/check-options.ts'
import { memoize } from '../util/memoize.ts'

export interface HostValidationOptions {
  /** Accepted host names of the server, with or without a port, or 'any'. @default `GANGWAY_ALLOWED_HOSTS` where `http()` or `sse()` listens, else loopback names */
  allowedHosts?: readonly string[] | 'any'
  /** Origins of web pages that may send requests, such as `https://app.example.com`, or 'any'. @default `GANGWAY_ALLOWED_ORIGINS` there, else pages served by the allowed hosts */
  allowedOrigins?: readonly string[] | 'any'
}

export const HOST_VALIDATION_OPTIONS: OptionNames<HostValidationOptions> = { allowedHosts: true, allowedOrigins: true }

/** Returns the reason to reject a request with these headers, or undefined to accept it. */
export type HostValidator = (host: string | undefined, origin: string | undefined) => string | undefined

/** Throws `GANGWAY_E_USAGE` for a name or origin that no request could match. */
export function createHostValidator({ allowedHosts, allowedOrigins }: HostValidationOptions): HostValidator {
  checkNames('allowedHosts (--allowed-host)', 'mcp.example.com', allowedHosts, (host) => host !== '' && !/[/,]/.test(host))
  checkNames('allowedOrigins (--allowed-origin)', 'https://app.example.com', allowedOrigins, (origin) => origin.toLowerCase() === originOf(origin)?.toLowerCase())
  const hosts = allowedHosts === 'any' ? 'any' : new Set(allowedHosts?.map((host) => host.toLowerCase()))
  const origins = allowedOrigins === 'any' ? 'any' : allowedOrigins && new Set(allowedOrigins.map((origin) => origin.toLowerCase()))

  const isAllowedHost = memoize((authority) => {
    if (hosts === 'any') return true
    if (/[/\\@?#]/.test(authority)) return false
    const name = hostNameOf(authority)
    if (!allowedHosts) return isLoopbackName(name)
    return hosts.has(name) || hosts.has(authority.toLowerCase())
  })
  const isAllowedOrigin = (origin: string, host: string): boolean => {
    if (origins) return origins === 'any' || origins.has(origin.toLowerCase())
    if (!/^https?:\/\/[^/\\@?#]+$/i.test(origin) || !URL.canParse(origin)) return false // Browsers send only this form for a page of an HTTP server.
    const authority = new URL(origin).host
    // If any host is allowed, there is no list to compare with. A page may still call the host that served it.
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
    if (name === 'any' || String(name).includes('*')) throw fault(`does not support ${shown(name)} in a list. List every name, or set it to 'any'`)
    if (typeof name !== 'string' || !isOne(name)) throw fault(`contains ${shown(name)}, which no request can match. Write it like '${example}'`)
  }
}

/**
 * Normalizes an origin to the form that browsers send: without a path and without the default port of its scheme.
 * Pages without an origin send `null`, and browser extensions use a scheme that `URL` reports as `null`. Returns undefined for text that is not a URL.
 */
function originOf(text: string): string | undefined {
  if (text === 'null' || !URL.canParse(text)) return text === 'null' ? text : undefined
  const { origin, protocol, host } = new URL(text)
  return origin === 'null' ? `${protocol}//${host}` : origin
}

/** Whether a server that listens on this host name or address is reachable from this machine only. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * Whether browsers resolve this host name to this machine without asking DNS: `localhost` and its subdomains, with or without a trailing dot.
 * Specification: RFC 6761, section 6.3; W3C Secure Contexts, section 5.2.
 */
function isLoopbackName(host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return isLoopback(name) || name.endsWith('.localhost')
}

/** Returns the name in `name:port` in lower case, or an empty string if there is none. */
const hostNameOf = (authority: string): string => (URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).hostname : '')
