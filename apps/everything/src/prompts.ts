/** Prompts: plain, with arguments, with a resource, with an image, and with an input request. */
import { embed, image, inputRequired, text, type McpServer } from '@gangway/core'
import { z } from 'zod'
import { PNG } from './media.ts'

export function addPrompts(server: McpServer): void {
  server
    .prompt('test_simple_prompt', { description: 'A prompt without arguments' }, () => 'This is a simple prompt for testing.')
    .prompt(
      'test_prompt_with_arguments',
      {
        description: 'A prompt with two arguments',
        args: { arg1: z.string().meta({ description: 'First test argument' }), arg2: z.string().meta({ description: 'Second test argument' }) },
        complete: { arg1: (prefix) => ['test', 'testing', 'other'].filter((value) => value.startsWith(prefix)) },
      },
      ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
    )
    .prompt('test_prompt_with_embedded_resource', { description: 'A prompt with an embedded resource', args: { resourceUri: z.string() } }, ({ resourceUri }) => [
      embed(resourceUri, 'Embedded resource content for testing.', { mimeType: 'text/plain' }),
      text('Please process the embedded resource above.'),
    ])
    .prompt('test_prompt_with_image', { description: 'A prompt with an image' }, () => [image(PNG, 'image/png'), text('Please analyze the image above.')])
    .prompt('test_input_required_result_prompt', { description: 'A prompt that elicits a context' }, (_args, { inputs }) => {
      const answer = inputs.user_context as { content?: { context?: string } } | undefined
      if (answer?.content?.context === undefined) {
        const requestedSchema = { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] }
        return inputRequired({ user_context: { method: 'elicitation/create', params: { mode: 'form', message: 'What is the context?', requestedSchema } } })
      }
      return `The context is: ${answer.content.context}`
    })
}
