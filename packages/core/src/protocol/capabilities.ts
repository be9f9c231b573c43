/** What a client can be asked: its capabilities as the revision defines them, and what each question needs. */
import { isObject } from '../jsonrpc/is-object.ts'
import { has } from './features.ts'
import type { Revision } from './revisions.ts'
import type { ClientCapabilities, ClientDescription } from './types/base.ts'
import type { InputRequest } from './types/input.ts'

/** One that has not said who it is. */
export const UNKNOWN_CLIENT: ClientDescription = { info: undefined, capabilities: {} }

/** Without what the revision does not know, and with what it implies: an `elicitation` without modes means forms, and at first all sampling was with context. */
export function normalizeCapabilities(capabilities: ClientCapabilities, revision: Revision): ClientCapabilities {
  const { elicitation, sampling, ...others } = capabilities
  const detailed = has(revision, 'subCapabilities')
  const modes = detailed && elicitation && (elicitation.form || elicitation.url) ? elicitation : { form: {} }
  return {
    ...others,
    ...(isObject(elicitation) && has(revision, 'elicitation') && { elicitation: modes }),
    ...(isObject(sampling) && { sampling: detailed ? sampling : { context: {} } }),
  }
}

/** Whether `elicitation`, or `elicitation.url`, is declared. */
export function hasCapability(capabilities: ClientCapabilities, path: string): boolean {
  let node: unknown = capabilities
  for (const step of path.split('.')) {
    if (!isObject(node) || !Object.hasOwn(node, step)) return false
    node = node[step]
  }
  return node !== undefined && node !== null && node !== false
}

/** The part of what the question needs that the client did not declare, in the shape of capabilities; undefined if it has all. */
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

/** A form needs no more than the bare capability says. */
function addPath(shape: ClientCapabilities, path: string): ClientCapabilities {
  const [capability = '', detail] = path === 'elicitation.form' ? ['elicitation'] : path.split('.')
  return { ...shape, [capability]: { ...(shape[capability] as object | undefined), ...(detail !== undefined && { [detail]: {} }) } }
}
