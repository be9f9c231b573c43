/** The helpers that make content and results: what they make, what keeps the brand, and what they refuse. */
import { describe, expect, test } from 'vitest'
import { isGangwayError } from '../src/gangway-error.ts'
import { audio, contents, embed, image, inputRequired, link, message, promptResult, resourceResult, text, toolResult } from '../src/index.ts'
import { makerOf } from '../src/definition/brand.ts'
import { parseBranded, stringifyBranded } from '../src/context/branded-json.ts'

const bytes = new Uint8Array([0, 1, 254, 255])
const TEXT = { type: 'text', text: 'x' } as const

const MADE = [
  { helper: 'text()', value: text('x', { annotations: { priority: 1 } }), json: { type: 'text', text: 'x', annotations: { priority: 1 } } },
  { helper: 'image()', value: image(bytes, 'image/png'), json: { type: 'image', data: 'AAH+/w==', mimeType: 'image/png' } },
  { helper: 'audio()', value: audio('AAAA', 'audio/wav', { _meta: { a: 1 } }), json: { type: 'audio', data: 'AAAA', mimeType: 'audio/wav', _meta: { a: 1 } } },
  { helper: 'link()', value: link('a://b'), json: { type: 'resource_link', uri: 'a://b', name: 'a://b' } },
  { helper: 'link()', value: link('a://b', { name: 'B', size: 3 }), json: { type: 'resource_link', uri: 'a://b', name: 'B', size: 3 } },
  { helper: 'embed()', value: embed('a://b', bytes, { mimeType: 'image/png', _meta: { a: 1 } }), json: { type: 'resource', resource: { uri: 'a://b', mimeType: 'image/png', blob: 'AAH+/w==' }, _meta: { a: 1 } } },
  { helper: 'contents()', value: contents('a://b', 'x', { _meta: { a: 1 } }), json: { uri: 'a://b', text: 'x', _meta: { a: 1 } } },
  { helper: 'message()', value: message('assistant', 'x'), json: { role: 'assistant', content: TEXT } },
  { helper: 'toolResult()', value: toolResult({ content: [TEXT], isError: true, _meta: { a: 1 } }), json: { content: [TEXT], isError: true, _meta: { a: 1 } } },
  { helper: 'toolResult()', value: toolResult({ structuredContent: { sum: 3 } }), json: { content: [], structuredContent: { sum: 3 } } },
  { helper: 'promptResult()', value: promptResult({ description: 'x', messages: [{ role: 'user', content: TEXT }] }), json: { description: 'x', messages: [{ role: 'user', content: TEXT }] } },
  { helper: 'resourceResult()', value: resourceResult({ contents: [{ uri: 'a://b', blob: 'AAAA' }], _meta: { a: 1 } }), json: { contents: [{ uri: 'a://b', blob: 'AAAA' }], _meta: { a: 1 } } },
  { helper: 'inputRequired()', value: inputRequired({ a: { method: 'roots/list' } }, 's'), json: { resultType: 'input_required', inputRequests: { a: { method: 'roots/list' } }, requestState: 's' } },
]

describe.each(MADE)('$helper', ({ helper, value, json }) => {
  test('creates a branded value, and JSON does not contain the brand', () => {
    expect(makerOf(value)).toBe(helper)
    expect(JSON.parse(JSON.stringify(value))).toEqual(json)
    expect(Object.keys(value)).toEqual(Object.keys(JSON.parse(JSON.stringify(value))))
  })

  test('keeps its brand in a spread, and JSON cannot forge it', () => {
    expect(makerOf({ ...value })).toBe(helper)
    expect(makerOf(JSON.parse(JSON.stringify(value)))).toBeUndefined()
  })
})

const wrong: readonly [helper: string, named: string, make: () => unknown][] = [
  ['text()', 'text', () => text(5 as never)],
  ['text()', 'annotation', () => text('x', { annotation: {} } as never)],
  ['image()', 'data', () => image(undefined as never, 'image/png')],
  ['image()', 'data', () => image('data:image/png;base64,AAAA', 'image/png')],
  ['image()', 'mimeType', () => image('AAAA', undefined as never)],
  ['audio()', 'data', () => audio({} as never, 'audio/wav')],
  ['link()', 'uri', () => link(undefined as never)],
  ['link()', 'type', () => link('a://b', { type: 'image' } as never)],
  ['embed()', 'contents', () => embed('a://b', undefined as never)],
  ['embed()', 'uri', () => embed('', 'x')],
  ['contents()', 'uri', () => contents(7 as never, 'x')],
  ['contents()', 'contents', () => contents('a://b', null as never)],
  ['message()', 'role', () => message('system' as never, 'x')],
  ['message()', 'content', () => message('user', TEXT as never)],
  ['toolResult()', 'content', () => toolResult({} as never)],
  ['toolResult()', 'content', () => toolResult({ contents: [] } as never)],
  ['toolResult()', 'isError', () => toolResult({ content: [], isEror: true } as never)],
  ['toolResult()', 'content', () => toolResult({ content: TEXT } as never)],
  ['toolResult()', 'data', () => toolResult({ content: [TEXT, { type: 'image', mimeType: 'image/png' } as never] })],
  ['toolResult()', 'uri', () => toolResult({ content: [{ type: 'resource_link', name: 'x' } as never] })],
  ['toolResult()', 'type', () => toolResult({ content: [{ type: 'constructor' } as never] })],
  ['toolResult()', 'type', () => toolResult({ content: ['x' as never] })],
  ['toolResult()', 'options', () => toolResult('x' as never)],
  ['inputRequired()', 'inputRequests', () => inputRequired(undefined as never)],
  ['inputRequired()', 'inputRequests', () => inputRequired({ a: 'roots/list' as never })],
  ['inputRequired()', 'state', () => inputRequired({}, { page: 2 } as never)],
  ['promptResult()', 'messages', () => promptResult({ message: [] } as never)],
  ['promptResult()', 'role', () => promptResult({ messages: [TEXT as never] })],
  ['promptResult()', 'type', () => promptResult({ messages: [{ role: 'user', content: 'x' as never }] })],
  ['resourceResult()', 'contents', () => resourceResult({ contents: { uri: 'a://b', text: 'x' } as never })],
  ['resourceResult()', 'uri', () => resourceResult({ contents: [{ text: 'x' } as never] })],
]

test.each(wrong)('%s rejects a wrong value, and names the helper and %s', (helper, named, make) => {
  let error: unknown
  try {
    make()
  } catch (thrown) {
    error = thrown
  }
  expect(isGangwayError(error) && error.code).toBe('GANGWAY_E_USAGE')
  expect((error as Error).message).toContain(helper)
  expect((error as Error).message).toContain(named)
})

test('an error never quotes the data', () => {
  expect(() => image('data:image/png;base64,SECRET', 'image/png')).toThrow(/^(?!.*SECRET)/)
  expect(() => toolResult({ content: ['SECRET' as never] })).toThrow(/^(?!.*SECRET)/)
})

const keep = (value: unknown): unknown => parseBranded(stringifyBranded(value, 'mark'), 'mark')

describe('JSON that keeps brands', () => {
  test("restores a helper's value, at any depth", () => {
    for (const { helper, value } of MADE) {
      const kept = keep({ list: [{ value }] }) as { list: { value: unknown }[] }
      expect(kept.list[0]?.value).toEqual(value)
      expect(makerOf(kept.list[0]?.value)).toBe(helper)
    }
    const nested = keep(toolResult({ content: [text('x')] })) as { content: unknown[] }
    expect([makerOf(nested), makerOf(nested.content[0])]).toEqual(['toolResult()', 'text()'])
  })

  test('uses the value of toJSON', () => {
    const kept = keep({ a: { toJSON: () => text('x') }, b: { ...text('x'), toJSON: () => ({ row: 1 }) }, c: new Date(0) }) as Record<string, unknown>
    expect(makerOf(kept.a)).toBe('text()')
    expect(kept).toMatchObject({ b: { row: 1 }, c: '1970-01-01T00:00:00.000Z' })
    expect(makerOf(kept.b)).toBeUndefined()
  })
})
