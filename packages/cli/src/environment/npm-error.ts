/** Says in one line why npm could not install something, and what mends it. */
import { GangwayError } from '@gangway/core'
import { cacheFault } from './cache.ts'

export interface NpmFailure {
  readonly stdout: string
  readonly stderr: string
  /** What was to be installed, in words. */
  readonly what: string
  readonly folder: string
}

const NETWORK: ReadonlySet<string> = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ERR_SOCKET_TIMEOUT', 'ENOTCACHED', 'FETCH_ERROR', 'EPIPE'])
const WRITING: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'])

export function npmError({ stdout, stderr, what, folder }: NpmFailure): GangwayError {
  const { code, summary, detail } = complaint(stdout, stderr)
  const cause = new Error(`npm: ${stderr.trim() || summary}`)
  const fault = (name: GangwayError['code'], text: string): GangwayError => new GangwayError(name, text, { cause })
  if (code === 'E404') return fault('GANGWAY_E_PACKAGE_NOT_FOUND', `The registry has no ${quoted(detail, /requested resource '(@?[^@']+)/) ?? what}: check the name, and the registry in .npmrc`)
  if (code === 'ETARGET' || code === 'ENOVERSIONS') return fault('GANGWAY_E_PACKAGE_VERSION', `The registry has no version ${quoted(summary, /for ([^\s]+?)\.?$/m) ?? what}: see npm view ${name(what)} versions`)
  if (code === 'ERESOLVE') return fault('GANGWAY_E_PACKAGE_CONFLICT', `${what} cannot be installed together, for one asks for another version of its peer: choose versions that fit (--debug shows which)`)
  if (code === 'EUSAGE') return fault('GANGWAY_E_PACKAGE_INSTALL', `package-lock.json does not fit the package.json beside it: run npm install there`)
  if (code === 'E401' || code === 'E403' || code === 'ENEEDAUTH') return fault('GANGWAY_E_REGISTRY', `The registry refuses ${what} (${code}): npm login, or check the token in .npmrc`)
  if (NETWORK.has(code)) return fault('GANGWAY_E_REGISTRY', `The registry cannot be reached (${code}), and ${what} is not in the cache: check the network, proxy and registry of npm`)
  if (WRITING.has(code)) return cacheFault(Object.assign(cause, { code }), folder)
  return fault('GANGWAY_E_PACKAGE_INSTALL', `npm could not install ${what}${code === '' ? '' : ` (${code})`}${summary === '' ? '' : `, ${summary.split('\n')[0]?.replace(/\.$/, '')}`}: --debug shows what it said`)
}

interface Complaint {
  readonly code: string
  readonly summary: string
  readonly detail: string
}

/** With `--json` it is an object; a fault in npm's own start is text. */
function complaint(stdout: string, stderr: string): Complaint {
  try {
    const { error } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { error?: Record<keyof Complaint, unknown> }
    return { code: String(error?.code ?? ''), summary: String(error?.summary ?? '').trim(), detail: String(error?.detail ?? '') }
  } catch {
    return { code: /npm error code (\S+)/.exec(stderr)?.[1] ?? '', summary: '', detail: '' }
  }
}

const quoted = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

const name = (what: string): string => what.split(' ')[0]?.replace(/(?<=.)@.*$/, '') ?? what
