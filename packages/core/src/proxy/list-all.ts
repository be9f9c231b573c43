/** The lists of a server behind a proxy: a list that fails does not take the others with it. */
import type { Client, RequestOptions } from '../client/client.ts'
import { ClientError } from '../client/errors.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import { LIST_NAMES, type Change, type ListName } from '../server/changes.ts'
import type { Lists } from './forwarded-definition.ts'

/** Receives the name of each list that failed, as people call it. */
export type OnListFault = (list: string, error: Error) => void

/** Milliseconds that the other lists wait for one that does not come. */
const LIST_TIMEOUT = 30_000

const EMPTY: Lists = { tools: [], resources: [], templates: [], prompts: [] }

const LIST: Readonly<Record<ListName, (client: Client, options: RequestOptions, onFault: OnListFault) => Promise<Partial<Lists>>>> = {
  tools: async (client, options) => ({ tools: await client.listTools(options) }),
  resources: async (client, options, onFault) => {
    const templates = client.listResourceTemplates(options).catch((error: Error) => {
      const isUnknown = error instanceof PeerError && error.code === ErrorCode.MethodNotFound // Many servers with resources do not know templates.
      if (!isUnknown) onFault('resource templates', error)
      return []
    })
    return { resources: await client.listResources(options), templates: await templates }
  },
  prompts: async (client, options) => ({ prompts: await client.listPrompts(options) }),
}

function fetchList(client: Client, list: ListName, onFault: OnListFault, timeout: number): Promise<Partial<Lists>> {
  return LIST[list](client, { timeout: Math.min(timeout, LIST_TIMEOUT) }, onFault)
}

export interface ListOptions {
  readonly onFault: OnListFault
  /** Milliseconds for each page. */
  readonly timeout: number
}

/** Lists that fail are empty. Throws if all fail, or if the connection is the reason. */
export async function listAll(client: Client, { onFault, timeout }: ListOptions): Promise<Lists> {
  const { capabilities } = client.server
  const wanted = LIST_NAMES.filter((list) => capabilities[list])
  const outcomes = await Promise.allSettled(wanted.map((list) => fetchList(client, list, onFault, timeout)))
  const failures = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ list: wanted[index] as ListName, error: outcome.reason as Error }] : []))
  const [fatal] = failures.filter(({ error }) => !isOfList(error) || failures.length === wanted.length)
  if (fatal) throw fatal.error
  for (const { list, error } of failures) onFault(list, error)
  return Object.assign({ ...EMPTY }, ...outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : {}))) as Lists
}

/** After a change. Returns nothing where the list cannot be fetched, so that the last one stays. */
export async function listChanged(client: Client, change: Change, { onFault, timeout }: ListOptions): Promise<Partial<Lists>> {
  if (!('list' in change) || !client.server.capabilities[change.list]) return {}
  try {
    return await fetchList(client, change.list, onFault, timeout)
  } catch (error) {
    if (!isOfList(error)) throw error
    onFault(change.list, error)
    return {}
  }
}

/** The server answered, or let this request wait: other requests may work. */
function isOfList(error: unknown): error is Error {
  return error instanceof PeerError || (error instanceof ClientError && (error.code === 'GANGWAY_E_RESULT' || error.code === 'GANGWAY_E_TIMEOUT'))
}
