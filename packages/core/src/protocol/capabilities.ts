/** Normalizes the capabilities of a client and finds out which capabilities an input request lacks. */
import { isObject } from '../util/is-object.ts'
import { setMember } from '../util/set-member.ts'
import { has } from './features.ts'
import type { Revision } from './revisions.ts'
import type { ClientCapabilities, ClientDescription } from './types/base-types.ts'
import type { InputRequest } from './types/input-types.ts'

/** Describes a client that has not sent its name and capabilities. */
export const UNKNOWN_CLIENT: ClientDescription = { info: undefined, capabilities: {} }

/**
 * Removes capabilities that the revision does not define, and adds those it implies: `elicitation` without modes means forms,
 * and before 2025-11-25 `sampling` included context. Returns the same object if nothing changes, as for most clients.
 */
export function normalizeCapabilities(capabilities: ClientCapabilities, revision: Revision): ClientCapabilities {
  const detailed = has(revision, 'subCapabilities')
  const elicitation = isObject(capabilities.elicitation) && has(revision, 'elicitation') ? capabilities.elicitation : undefined
  const modes = elicitation && !(detailed && (elicitation.form || elicitation.url)) ? { form: {} } : elicitation
  const sampling = isObject(capabilities.sampling) ? (detailed ? capabilities.sampling : { context: {} }) : undefined
  if (modes === capabilities.elicitation && sampling === capabilities.sampling) return capabilities
  const normalized: Record<string, unknown> = {}
  for (const name in capabilities) if (name !== 'elicitation' && name !== 'sampling') setMember(normalized, name, capabilities[name]) // A client may send many members, so they are copied without an intermediate list.
  if (modes) normalized.elicitation = modes
  if (sampling) normalized.sampling = sampling
  return normalized
}

/** Whether a capability such as `elicitation` or `elicitation.url` is declared. */
export function hasCapability(capabilities: ClientCapabilities, path: string): boolean {
  let node: unknown = capabilities
  for (const step of path.split('.')) {
    if (!isObject(node) || !Object.hasOwn(node, step)) return false
    node = node[step]
  }
  return node !== undefined && node !== null && node !== false
}

/** Returns the capabilities that the request needs and the client did not declare, in the shape of capabilities. Returns undefined if none is missing. */
export function missingCapabilities(request: InputRequest, capabilities: ClientCapabilities): ClientCapabilities | undefined {
  const missing = needsOf(request).filter((path) => !hasCapability(capabilities, path))
  return missing.length === 0 ? undefined : missing.reduce<ClientCapabilities>(addPath, {})
}

function needsOf(request: InputRequest): string[] {
  if (request.method === 'roots/list') return ['roots']
  if (request.method === 'elicitation/create') return [request.params.mode === 'url' ? 'elicitation.url' : 'elicitation.form']
  const { tools, toolChoice, includeContext = 'none' } = request.params
  return ['sampling', ...(tools || toolChoice ? ['sampling.tools'] : []), ...(includeContext === 'none' ? [] : ['sampling.context'])]
}

/** Adds a path such as `sampling.tools`. A form is reported as the plain `elicitation` capability, because every revision that has it supports forms. */
function addPath(shape: ClientCapabilities, path: string): ClientCapabilities {
  const [capability = '', detail] = path === 'elicitation.form' ? ['elicitation'] : path.split('.')
  return { ...shape, [capability]: { ...(shape[capability] as object | undefined), ...(detail !== undefined && { [detail]: {} }) } }
}
