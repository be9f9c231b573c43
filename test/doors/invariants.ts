/** What must hold for every single message of a server, whatever the conversation is about. */
import { SERVER_INFO, type Json, type Message } from './message.ts'

const CACHEABLE = new Set(['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'resources/read', 'prompts/list'])

/** The faults of a message, in words. `asked` is the request it answers, if it is known. */
export function faultsOf(message: Message, asked: { method: string; modern: boolean } | undefined): string[] {
  const faults: string[] = []
  const must = (holds: boolean, what: string): void => void (holds || faults.push(`${what}: ${JSON.stringify(message)}`))
  must(message.jsonrpc === '2.0', 'jsonrpc is "2.0"')
  if (message.method !== undefined) {
    must(!('id' in message), 'a server asks nothing unasked')
    must(message.method.startsWith('notifications/'), 'what is no answer is a notification')
    return faults
  }
  must('id' in message, 'an answer has an id')
  must('result' in message !== 'error' in message, 'an answer has a result or an error')
  if (message.error) faultsOfError(message.error, asked?.modern, must)
  if (message.result && asked) (asked.modern ? faultsOfModern : faultsOfLegacy)(message.result, asked.method, must)
  return faults
}

type Must = (holds: boolean, what: string) => void

function faultsOfError({ code, message }: NonNullable<Message['error']>, modern: boolean | undefined, must: Must): void {
  must(Number.isInteger(code), 'an error code is an integer')
  must(typeof message === 'string' && message !== '' && !message.includes('\n'), 'an error message is one line')
  must(code < -32099 || code > -32020 || [-32020, -32021, -32022].includes(code), 'no code of the reserved range is made up')
  if (modern) must(code < -32019 || code > -32000, 'the modern era has no codes of the legacy range')
}

function faultsOfModern(result: Json, method: string, must: Must): void {
  must(result.resultType === 'complete', 'a modern result has a resultType')
  must(SERVER_INFO in ((result._meta ?? {}) as Json), 'a modern result names the server')
  must(CACHEABLE.has(method) === (Number.isInteger(result.ttlMs) && Number(result.ttlMs) >= 0), 'ttlMs is where it belongs')
  must(CACHEABLE.has(method) === (result.cacheScope === 'private' || result.cacheScope === 'public'), 'cacheScope is where it belongs')
}

function faultsOfLegacy(result: Json, _method: string, must: Must): void {
  for (const key of ['resultType', 'ttlMs', 'cacheScope']) must(!(key in result), `no legacy result has a ${key}`)
  must(!(SERVER_INFO in ((result._meta ?? {}) as Json)), 'no legacy result names the server in _meta')
}
