/** Input requests and results in the form that each revision knows. */
import { expect, test } from 'vitest'
import { projectQuestion, projectResult } from '../src/protocol/projection.ts'
import { LEGACY_REVISIONS } from '../src/protocol/revisions.ts'
import type { SamplingRequest } from '../src/protocol/types/input.ts'

const sample = (content: SamplingRequest['messages'][number]['content']) => ({ method: 'sampling/createMessage', params: { messages: [{ role: 'user', content }], maxTokens: 1 } }) as const
const text = { type: 'text', text: 'hello' } as const

test('no legacy revision gets the name of a modern server that a result was taken from', () => {
  const info = { 'io.modelcontextprotocol/serverInfo': { name: 'behind', version: '1' } }
  for (const revision of LEGACY_REVISIONS) {
    expect(projectResult({ content: [], _meta: info }, 'tools/call', revision)).toEqual({ content: [] })
    expect(projectResult({ content: [], _meta: { ...info, 'example.com/x': 1 } }, 'tools/call', revision)).toEqual({ content: [], _meta: { 'example.com/x': 1 } })
  }
})

test.each(LEGACY_REVISIONS)('%s hears of a sampling message that is one block', (revision) => {
  const question = sample(text)
  expect(projectQuestion(question as never, revision, () => 'id')).toEqual(question.params)
})

test.each([[text], { type: 'tool_use', id: '1', name: 'x', input: {} }, [{ type: 'tool_result', toolUseId: '1', content: [] }]] as const)('only 2025-11-25 hears of %j', (content) => {
  const heard = LEGACY_REVISIONS.filter((revision) => projectQuestion(sample(content as never) as never, revision, () => 'id'))
  expect(heard).toEqual(['2025-11-25'])
})
