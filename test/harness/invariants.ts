/** What must hold for every single message of a server, whatever the conversation is about. */
import { QUESTIONS, SERVER_INFO, type Json, type Message } from './message.ts'

const CACHEABLE = new Set(['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'resources/read', 'prompts/list'])

const ASKING = new Set(['tools/call', 'prompts/get', 'resources/read'])

/** The faults of a message, in words. `asked` is the request it answers, if it is known; `capabilities` are those of the client that may be asked something now. */
export function faultsOf(message: Message, asked: { method: string; modern: boolean; capabilities?: Json } | undefined, capabilities?: Json): string[] {
  const faults: string[] = []
  const must = (holds: boolean, what: string): void => void (holds || faults.push(`${what}: ${JSON.stringify(message)}`))
  must(message.jsonrpc === '2.0', 'jsonrpc is "2.0"')
  if (message.method !== undefined) {
    if ('id' in message) must(capabilities !== undefined && isAllowed(message.method, capabilities), 'a server asks nothing unasked')
    else must(message.method.startsWith('notifications/'), 'what is no answer is a notification')
    return faults
  }
  must('id' in message, 'an answer has an id')
  must('result' in message !== 'error' in message, 'an answer has a result or an error')
  if (message.error) faultsOfError(message.error, asked?.modern, must)
  if (message.result && asked) (asked.modern ? faultsOfModern : faultsOfLegacy)(message.result, asked, must)
  return faults
}

type Must = (holds: boolean, what: string) => void

function faultsOfError({ code, message }: NonNullable<Message['error']>, modern: boolean | undefined, must: Must): void {
  must(Number.isInteger(code), 'an error code is an integer')
  must(typeof message === 'string' && message !== '' && !message.includes('\n'), 'an error message is one line')
  must(code < -32099 || code > -32020 || [-32020, -32021, -32022].includes(code), 'no code of the reserved range is made up')
  if (modern) must(code < -32019 || code > -32000, 'the modern era has no codes of the legacy range')
}

const isAllowed = (method: string, capabilities: Json): boolean => (QUESTIONS[method] ?? '') in capabilities

function faultsOfModern(result: Json, { method, capabilities = {} }: { method: string; capabilities?: Json }, must: Must): void {
  must(SERVER_INFO in ((result._meta ?? {}) as Json), 'a modern result names the server')
  if (result.resultType === 'input_required') {
    must(ASKING.has(method), 'only what runs handlers asks something')
    must('inputRequests' in result || 'requestState' in result, 'a question asks something')
    for (const question of Object.values((result.inputRequests ?? {}) as Record<string, Json>)) {
      must(isAllowed(String(question.method), capabilities), 'a client is asked only what it can be asked')
      must(!('jsonrpc' in question || 'id' in question), 'a question is no request')
    }
    must(!('ttlMs' in result || 'cacheScope' in result), 'a question is not for the cache')
    return
  }
  must(result.resultType === 'complete', 'a modern result has a resultType')
  must(CACHEABLE.has(method) === (Number.isInteger(result.ttlMs) && Number(result.ttlMs) >= 0), 'ttlMs is where it belongs')
  must(CACHEABLE.has(method) === (result.cacheScope === 'private' || result.cacheScope === 'public'), 'cacheScope is where it belongs')
}

function faultsOfLegacy(result: Json, _asked: unknown, must: Must): void {
  for (const key of ['resultType', 'ttlMs', 'cacheScope']) must(!(key in result), `no legacy result has a ${key}`)
  must(!(SERVER_INFO in ((result._meta ?? {}) as Json)), 'no legacy result names the server in _meta')
}
