/** Tools without input requests: content types, errors, progress, logs and list changes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { audio, embed, image, text, ToolError, type McpServer } from '@gangway/core'
import { z } from 'zod'
import { PNG, WAV } from './media.ts'
import { PERSON } from './schemas.ts'

export function addTools(server: McpServer): void {
  server
    .tool('test_simple_text', { description: 'Return text' }, () => 'This is a simple text response for testing.')
    .tool('test_image_content', { description: 'Return an image' }, () => image(PNG, 'image/png'))
    .tool('test_audio_content', { description: 'Return audio' }, () => audio(WAV, 'audio/wav'))
    .tool('test_embedded_resource', { description: 'Return an embedded resource' }, () =>
      embed('test://embedded-resource', 'This is an embedded resource content.', { mimeType: 'text/plain' }),
    )
    .tool('test_multiple_content_types', { description: 'Return text, an image and a resource' }, () => [
      text('Multiple content types test:'),
      image(PNG, 'image/png'),
      embed('test://mixed-content-resource', JSON.stringify({ test: 'data', value: 123 }), { mimeType: 'application/json' }),
    ])
    .tool('test_error_handling', { description: 'Return an error' }, () => {
      throw new ToolError('This tool intentionally returns an error for testing')
    })
    .tool('test_tool_with_logging', { description: 'Send log messages while running' }, async (_args, { log }) => {
      log.info('Tool execution started')
      await sleep(50)
      log.info('Tool processing data')
      await sleep(50)
      log.info('Tool execution completed')
      return 'Logged three messages'
    })
    .tool('test_logging_tool', { description: 'Send log messages at the requested level' }, (_args, { log }) => {
      log.info('First message')
      log.info('Second message')
      return 'Logged two messages'
    })
    .tool('test_tool_with_progress', { description: 'Send progress while running' }, async (_args, { progress }) => {
      progress(0, 100)
      await sleep(50)
      progress(50, 100)
      await sleep(50)
      progress(100, 100)
      return 'Reported progress three times'
    })
    .tool('json_schema_2020_12_tool', { description: 'Accept an input with a JSON Schema 2020-12 schema', input: PERSON }, (person) => JSON.stringify(person))
    .tool('test_reconnection', { description: 'Close the stream while running' }, async (_args, { closeStream }) => {
      closeStream()
      await sleep(100)
      return 'Result after reconnection'
    })
    .tool('test_x_mcp_header', { description: 'Accept an argument that a header repeats', input: { region: z.string().optional().meta({ 'x-mcp-header': 'Region' }) } }, ({ region }) => `Region: ${region ?? 'none'}`)
    .tool('test_trigger_tool_change', { description: 'Add and remove a tool' }, () => {
      server.tool('test_passing_tool', { description: 'Exists for a moment' }, () => 'Still here')
      server.removeTool('test_passing_tool')
      return 'The list of tools changed'
    })
    .tool('test_trigger_prompt_change', { description: 'Add and remove a prompt' }, () => {
      server.prompt('test_passing_prompt', { description: 'Exists for a moment' }, () => 'Still here')
      server.removePrompt('test_passing_prompt')
      return 'The list of prompts changed'
    })
}
