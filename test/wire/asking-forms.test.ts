/** Forms that users fill in: choices from literals and enums of any schema library, and their values in the handler. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accept, answering, ASKABLE } from '../harness/answering.ts'
import { everywhere } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const LEVEL = { Low: 1, High: 2 } as const

const FORMS = {
  zod: z.object({ pet: z.enum(['cat', 'dog']), yes: z.literal('yes'), level: z.enum(LEVEL) }),
  valibot: toStandardJsonSchema(v.object({ pet: v.union([v.literal('cat'), v.literal('dog')]), yes: v.literal('yes'), level: v.picklist([1, 2]) })),
  arktype: type({ pet: "'cat' | 'dog'", yes: "'yes'", level: '1 | 2' }),
}
const server = newServer()
  .tool('zod', {}, async (_, { elicit }) => JSON.stringify((await elicit('q', 'Which?', FORMS.zod)).value))
  .tool('valibot', {}, async (_, { elicit }) => JSON.stringify((await elicit('q', 'Which?', FORMS.valibot)).value))
  .tool('arktype', {}, async (_, { elicit }) => JSON.stringify((await elicit('q', 'Which?', FORMS.arktype)).value))
  .tool('several', {}, async (_, { elicit }) => (await elicit('q', 'Which?', { yes: z.boolean(), colors: z.array(z.enum(['red', 'green'])) })).action)
  .tool('texts', {}, async (_, { elicit }) => {
    try {
      return (await elicit('q', 'Which?', { tags: z.array(z.string()) })).action
    } catch (error) {
      const { code, message } = error as Error & { code?: string }
      return `${code} ${message}`
    }
  })

const CHOICES = { pet: { type: 'string', enum: ['cat', 'dog'] }, yes: { type: 'string', enum: ['yes'] }, level: { type: 'string', enum: ['1', '2'] } }

describe.each(everywhere.filter(({ door, revision }) => door === 'memory' && revision >= '2025-06-18'))('$name', ({ open }) => {
  test.each(Object.keys(FORMS))('literals and enums of %s are choices of strings, and the handler gets their values [case 33] [case 58]', async (name) => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name }, () => accept({ pet: 'dog', yes: 'yes', level: '2' }))
    const [{ required, properties } = {}] = questions.map(({ params }) => params.requestedSchema as Json)
    expect(properties).toEqual(CHOICES)
    expect((required as string[]).toSorted()).toEqual(['level', 'pet', 'yes'])
    expect(JSON.parse(String(textOf(result ?? {})))).toEqual({ pet: 'dog', yes: 'yes', level: 2 })
  })

  test('a list of free text is rejected, and nothing is sent [case 33]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name: 'texts' }, () => accept())
    expect(questions).toEqual([])
    expect(textOf(result ?? {})).toMatch(/GANGWAY_E_FORM.*"tags".*z\.array\(z\.enum/)
  })
})

describe('a choice of several values', () => {
  const inMemory = everywhere.filter(({ door }) => door === 'memory')

  test.each(inMemory.filter(({ revision }) => revision >= '2025-11-25'))('is sent to $name', async ({ open }) => {
    const client = await open(server, { capabilities: ASKABLE })
    const { questions } = await answering(client, 'tools/call', { name: 'several' }, () => accept({ yes: true, colors: ['red'] }))
    expect(questions).toMatchObject([{ params: { requestedSchema: { properties: { colors: { type: 'array' } } } } }])
  })

  test.each(inMemory.filter(({ revision }) => revision === '2025-06-18'))('to $name fails with the name of the field and the revision, and nothing is sent', async ({ open }) => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name: 'several' }, () => accept())
    expect(questions).toEqual([])
    expect(result).toMatchObject({ isError: true })
    expect(textOf(result ?? {})).toMatch(/"colors".*2025-06-18/)
  })
})
