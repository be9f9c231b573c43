/** Turns a failure of npm into an error with a cause and a fix. */
import { GangwayError } from '@gangway/core'
import { cacheFault } from './cache-entries.ts'

export interface NpmFailure {
  readonly stdout: string
  readonly stderr: string
  /** A description of the installation. */
  readonly what: string
  readonly folder: string
}

const NETWORK: ReadonlySet<string> = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ERR_SOCKET_TIMEOUT', 'ENOTCACHED', 'FETCH_ERROR', 'EPIPE'])
const WRITING: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'])

export function npmError({ stdout, stderr, what, folder }: NpmFailure): GangwayError {
  const { code, summary, detail } = complaint(stdout, stderr)
  const cause = new Error(`npm: ${stderr.trim() || summary}`)
  const fault = (name: GangwayError['code'], text: string): GangwayError => new GangwayError(name, text, { cause })
  if (code === 'E404') return fault('GANGWAY_E_PACKAGE_NOT_FOUND', `The npm registry has no package ${quoted(detail, /requested resource '(@?[^@']+)/) ?? what}. Check the name, and the registry in .npmrc`)
  if (code === 'ETARGET' || code === 'ENOVERSIONS') return fault('GANGWAY_E_PACKAGE_VERSION', `The npm registry has no version ${quoted(summary, /for ([^\s]+?)\.?$/m) ?? what}. List the versions with npm view ${name(what)} versions`)
  if (code === 'ERESOLVE') return fault('GANGWAY_E_PACKAGE_CONFLICT', `${what} cannot be installed together: their peer dependencies conflict. Choose compatible versions (--debug shows the conflict)`)
  if (code === 'EUSAGE') return fault('GANGWAY_E_PACKAGE_INSTALL', 'package-lock.json does not match package.json. Run npm install in that project')
  if (code === 'E401' || code === 'E403' || code === 'ENEEDAUTH') return fault('GANGWAY_E_REGISTRY', `The npm registry denied access to ${what} (${code}). Run npm login, or check the token in .npmrc`)
  if (NETWORK.has(code)) return fault('GANGWAY_E_REGISTRY', `Cannot reach the npm registry (${code}) to install ${what}. Check the network, and the proxy and registry settings of npm`)
  if (WRITING.has(code)) return cacheFault(Object.assign(cause, { code }), folder)
  return fault('GANGWAY_E_PACKAGE_INSTALL', `npm could not install ${what}${code === '' ? '' : ` (${code})`}${summary === '' ? '' : `: ${summary.split('\n')[0]?.replace(/\.$/, '')}`}. Run again with --debug to see the output of npm`)
}

interface Complaint {
  readonly code: string
  readonly summary: string
  readonly detail: string
}

/** npm prints JSON with `--json`, but text if npm itself fails to start. */
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
