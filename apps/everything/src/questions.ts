/** Tools with input requests: elicitation, sampling and roots. */
import { inputRequired, type McpServer, type SamplingResult } from '@gangway/core'
import { z } from 'zod'

const user = (text: string) => ({ role: 'user' as const, content: { type: 'text' as const, text } })
const textOf = ({ content }: SamplingResult): string => (Array.isArray(content) ? content : [content]).map((block) => (block.type === 'text' ? block.text : '')).join('')

export function addQuestions(server: McpServer): void {
  server
    .tool('test_sampling', { description: "Request a message from the client's model", input: { prompt: z.string() } }, async ({ prompt }, ctx) => {
      const answer = await ctx.sample('llm', { messages: [user(prompt)], maxTokens: 100 })
      return `LLM response: ${textOf(answer)}`
    })
    .tool('test_elicitation', { description: 'Elicit a name and an email address', input: { message: z.string() } }, async ({ message }, ctx) => {
      const { action, value } = await ctx.elicit('user', message, { username: z.string(), email: z.string() })
      return `User response: ${action} ${JSON.stringify(value ?? {})}`
    })
    .tool('test_elicitation_sep1034_defaults', { description: 'Elicit values with defaults' }, async (_args, ctx) => {
      const { action, value } = await ctx.elicit('defaults', 'Please review these values', {
        name: z.string().default('John Doe'),
        age: z.int().default(30),
        score: z.number().default(95.5),
        status: z.enum(['active', 'inactive', 'pending']).default('active'),
        verified: z.boolean().default(true),
      })
      return `Elicitation completed: ${action} ${JSON.stringify(value ?? {})}`
    })
    .tool('test_elicitation_sep1330_enums', { description: 'Elicit choices of every kind' }, (_args, { inputs }) => {
      if (inputs.choices) return `Elicitation completed: ${JSON.stringify(inputs.choices)}`
      const titled = ['1', '2', '3'].map((number) => ({ const: `value${number}`, title: `Option ${number}` }))
      const properties = {
        untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
        titledSingle: { type: 'string', oneOf: titled },
        legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option one', 'Option two'] },
        untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
        titledMulti: { type: 'array', items: { anyOf: titled } },
      }
      return inputRequired({ choices: { method: 'elicitation/create', params: { mode: 'form', message: 'Please choose', requestedSchema: { type: 'object', properties } } } })
    })
    .tool('test_missing_capability', { description: 'Require the sampling capability' }, async (_args, ctx) => textOf(await ctx.sample('llm', { messages: [user('Hello')], maxTokens: 10 })))
    .tool('test_streaming_elicitation', { description: 'Elicit a confirmation before continuing' }, async (_args, ctx) => {
      const { action } = await ctx.elicit('confirm', 'Continue?', { ok: z.boolean() })
      return `Confirmed: ${action}`
    })
    .tool('test_input_required_result_elicitation', { description: 'Elicit a name' }, (_args, { inputs }) => {
      const { content } = (inputs.user_name ?? {}) as { content?: { name?: string } }
      if (inputs.user_name) return `Hello, ${content?.name ?? 'stranger'}!`
      const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
      return inputRequired({ user_name: { method: 'elicitation/create', params: { mode: 'form', message: 'What is your name?', requestedSchema } } })
    })
    .tool('test_input_required_result_sampling', { description: 'Request a capital from the model' }, async (_args, ctx) =>
      textOf(await ctx.sample('capital_question', { messages: [user('What is the capital of France?')], maxTokens: 100 })),
    )
    .tool('test_input_required_result_list_roots', { description: 'Request the roots' }, async (_args, ctx) => `Roots: ${JSON.stringify(await ctx.roots('client_roots'))}`)
    .tool('test_input_required_result_request_state', { description: 'Elicit a confirmation, and carry state' }, async (_args, ctx) => {
      await ctx.elicit('confirm', 'Please confirm', { ok: z.boolean() })
      return 'state-ok'
    })
    .tool('test_input_required_result_tampered_state', { description: 'Elicit a confirmation, and reject changed state' }, async (_args, ctx) => {
      const { action } = await ctx.elicit('confirm', 'Please confirm', { ok: z.boolean() })
      return `Confirmed: ${action}`
    })
    .tool('test_input_required_result_multiple_inputs', { description: 'Send three input requests at once' }, async (_args, ctx) => {
      const [name, greeting, roots] = await Promise.all([
        ctx.elicit('user_name', 'What is your name?', { name: z.string() }),
        ctx.sample('greeting', { messages: [user('Write a greeting')], maxTokens: 50 }),
        ctx.roots('client_roots'),
      ])
      return `${textOf(greeting)} ${name.value?.name ?? 'stranger'}, with ${roots.length} roots`
    })
    .tool('test_input_required_result_multi_round', { description: 'Elicit two values, one after the other' }, async (_args, ctx) => {
      const name = await ctx.elicit('step1', 'What is your name?', { name: z.string() })
      const color = await ctx.elicit('step2', 'What is your favorite color?', { color: z.string() })
      return `${name.value?.name} likes ${color.value?.color}`
    })
    .tool('test_input_required_result_capabilities', { description: 'Request only what the client supports' }, async (_args, ctx) => {
      const answers = await Promise.all([
        ctx.can('elicitation') ? ctx.elicit('user_name', 'What is your name?', { name: z.string() }) : undefined,
        ctx.can('sampling') ? ctx.sample('greeting', { messages: [user('Write a greeting')], maxTokens: 50 }) : undefined,
      ])
      return JSON.stringify(answers)
    })
}
