/** Resources: text, bytes, a template, and one for subscriptions. */
import type { McpServer } from '@gangway/core'
import { PNG } from './media.ts'

export function addResources(server: McpServer): void {
  server
    .resource('test://static-text', { name: 'Static text', description: 'Text that never changes', mimeType: 'text/plain' }, () => 'This is the content of the static text resource.')
    .resource('test://static-binary', { name: 'Static binary', description: 'An image', mimeType: 'image/png' }, () => Buffer.from(PNG, 'base64'))
    .resource('test://watched-resource', { name: 'Watched resource', description: 'A resource to subscribe to', mimeType: 'text/plain' }, () => 'Watch me')
    .resource('test://template/{id}/data', { name: 'Template', description: 'Data by id', mimeType: 'application/json', complete: { id: (prefix) => ['123', '124', '200'].filter((id) => id.startsWith(prefix)) } }, ({ id }) => ({
      id,
      templateTest: true,
      data: `Data for ID: ${id}`,
    }))
}
