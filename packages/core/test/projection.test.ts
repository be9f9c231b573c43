/** Input requests and results in the form that each revision knows. */
import { expect, test } from 'vitest'
import { inexpressible, projectInputRequest, projectResult } from '../src/protocol/projection.ts'
import { LEGACY_REVISIONS } from '../src/protocol/revisions.ts'
import type { SamplingRequest } from '../src/protocol/types/input-types.ts'

const sample = (content: SamplingRequest['messages'][number]['content']) => ({ method: 'sampling/createMessage', params: { messages: [{ role: 'user', content }], maxTokens: 1 } }) as const
const text = { type: 'text', text: 'hello' } as const

test('no legacy revision gets the modern serverInfo of a passed-on result', () => {
  const info = { 'io.modelcontextprotocol/serverInfo': { name: 'behind', version: '1' } }
  for (const revision of LEGACY_REVISIONS) {
    expect(projectResult({ content: [], _meta: info }, 'tools/call', revision)).toEqual({ content: [] })
    expect(projectResult({ content: [], _meta: { ...info, 'example.com/x': 1 } }, 'tools/call', revision)).toEqual({ content: [], _meta: { 'example.com/x': 1 } })
  }
})

test.each(LEGACY_REVISIONS)('%s gets a sampling message as one block', (revision) => {
  const question = sample(text)
  expect(projectInputRequest(question as never, revision, () => 'id')).toEqual(question.params)
})

test.each([[text], { type: 'tool_use', id: '1', name: 'x', input: {} }, [{ type: 'tool_result', toolUseId: '1', content: [] }]] as const)('only 2025-11-25 gets %j', (content) => {
  const heard = LEGACY_REVISIONS.filter((revision) => inexpressible(sample(content as never) as never, revision) === undefined)
  expect(heard).toEqual(['2025-11-25'])
})

test('the id of a page is the upstream’s, if it has one', () => {
  const page = { method: 'elicitation/create', params: { mode: 'url', message: 'Open it', url: 'https://example.com/' } } as const
  expect(projectInputRequest(page, '2025-11-25', () => 'id')).toMatchObject({ elicitationId: 'id' })
  expect(projectInputRequest({ ...page, params: { ...page.params, elicitationId: 'e-1' } } as never, '2025-11-25', () => 'id')).toMatchObject({ elicitationId: 'e-1' })
})
