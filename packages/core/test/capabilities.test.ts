/** What a client may be asked, revision by revision, and how what it lacks is named. */
import { describe, expect, test } from 'vitest'
import { hasCapability, missingCapabilities, normalizeCapabilities } from '../src/protocol/capabilities.ts'
import type { Revision } from '../src/protocol/revisions.ts'
import type { ClientCapabilities } from '../src/protocol/types/base-types.ts'
import type { InputRequest } from '../src/protocol/types/input-types.ts'

const FORMS = { elicitation: { form: {} } }
const PAGES = { elicitation: { url: {} } }
const EARLY = { sampling: { context: {} } }

const sampling = (more: object): InputRequest => ({ method: 'sampling/createMessage', params: { messages: [], maxTokens: 1, ...more } })

describe('normalized capabilities', () => {
  const table: readonly [revisions: Revision[], declared: unknown, known: unknown][] = [
    [['2024-11-05', '2025-03-26'], { elicitation: {} }, {}],
    [['2024-11-05', '2025-03-26'], { elicitation: { form: {}, url: {} } }, {}],
    [['2025-06-18', '2025-11-25', '2026-07-28'], { elicitation: {} }, FORMS],
    [['2025-06-18'], PAGES, FORMS],
    [['2025-11-25', '2026-07-28'], PAGES, PAGES],
    [['2025-11-25', '2026-07-28'], { elicitation: { form: {}, url: {} } }, { elicitation: { form: {}, url: {} } }],
    [['2024-11-05', '2025-03-26', '2025-06-18'], { sampling: {} }, EARLY],
    [['2024-11-05', '2025-03-26', '2025-06-18'], { sampling: { tools: {} } }, EARLY],
    [['2025-11-25', '2026-07-28'], { sampling: { tools: {} } }, { sampling: { tools: {} } }],
    [['2025-11-25', '2026-07-28'], { sampling: {} }, { sampling: {} }],
    [['2024-11-05', '2025-06-18', '2026-07-28'], { roots: { listChanged: true }, experimental: { x: {} }, other: 1 }, { roots: { listChanged: true }, experimental: { x: {} }, other: 1 }],
    [['2024-11-05', '2025-06-18', '2025-11-25', '2026-07-28'], { elicitation: null, sampling: null }, {}],
    [['2025-06-18', '2025-11-25', '2026-07-28'], { elicitation: true, sampling: 'yes' }, {}],
    [['2025-06-18', '2025-11-25', '2026-07-28'], { elicitation: [], sampling: [] }, {}],
  ]
  const cases = table.flatMap(([revisions, declared, known]) => revisions.map((revision) => ({ revision, declared, known, json: JSON.stringify(declared) })))

  test.each(cases)('$revision: $json [C140] [C143]', ({ revision, declared, known }) => {
    expect(normalizeCapabilities(declared as ClientCapabilities, revision)).toEqual(known)
  })
})

describe('a capability', () => {
  test.each([
    [{ roots: {} }, 'roots', true],
    [{ roots: {} }, 'roots.listChanged', false],
    [{ roots: { listChanged: true } }, 'roots.listChanged', true],
    [{ roots: { listChanged: false } }, 'roots.listChanged', false],
    [{ roots: null }, 'roots', false],
    [{ roots: undefined }, 'roots', false],
    [{ roots: false }, 'roots', false],
    [{ roots: {} }, 'roots.listChanged.more', false],
    [{}, 'constructor', false],
    [{}, '__proto__', false],
    [{}, 'toString.length', false],
    [{}, '', false],
  ])('of %j: %s is %s', (capabilities, path, has) => {
    expect(hasCapability(capabilities as ClientCapabilities, path)).toBe(has)
  })
})

describe('the missing capability', () => {
  const form: InputRequest = { method: 'elicitation/create', params: { message: 'm', requestedSchema: {} } }
  const page: InputRequest = { method: 'elicitation/create', params: { mode: 'url', message: 'm', url: 'https://example.com/' } }
  test.each<[string, InputRequest, ClientCapabilities, unknown]>([
    ['a form', form, {}, { elicitation: {} }],
    ['a form', form, PAGES, { elicitation: {} }],
    ['a form', form, FORMS, undefined],
    ['a page', page, {}, PAGES],
    ['a page', page, FORMS, PAGES],
    ['a page', page, PAGES, undefined],
    ['roots', { method: 'roots/list' }, {}, { roots: {} }],
    ['roots', { method: 'roots/list' }, { roots: {} }, undefined],
    ['a message', sampling({}), {}, { sampling: {} }],
    ['a message', sampling({}), { sampling: {} }, undefined],
    ['a message without context', sampling({ includeContext: 'none' }), { sampling: {} }, undefined],
    ['tools', sampling({ tools: [] }), { sampling: {} }, { sampling: { tools: {} } }],
    ['tools', sampling({ tools: [] }), { sampling: { tools: {} } }, undefined],
    ['a choice of tools', sampling({ toolChoice: { mode: 'auto' } }), {}, { sampling: { tools: {} } }],
    ['context', sampling({ includeContext: 'allServers' }), { sampling: { tools: {} } }, { sampling: { context: {} } }],
    ['tools and context', sampling({ includeContext: 'thisServer', tools: [] }), {}, { sampling: { tools: {}, context: {} } }],
    ['tools and context', sampling({ includeContext: 'thisServer', tools: [] }), { sampling: { tools: {}, context: {} } }, undefined],
  ])('for %s names the missing capability only [C63] [C141]', (_, request, capabilities, missing) => {
    expect(missingCapabilities(request, capabilities)).toEqual(missing)
  })
})
