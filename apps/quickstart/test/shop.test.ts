/** Tests the server in memory, with a typed client. */
import { connectInMemory } from '@gangway/core/testing'
import { expect, test } from 'vitest'
import server from '../src/server.ts'

test('finds products by name and maximum price', async () => {
  await using client = await connectInMemory(server)
  const { products } = await client.call.find_products({ name: 'lamp', maxPrice: 70 })
  expect(products).toEqual([{ id: 'p2', name: 'reading lamp', price: 65 }])
})

test('serves a product as a resource, also to clients of 2024-11-05', async () => {
  await using client = await connectInMemory(server, { revision: '2024-11-05' })
  const { contents } = await client.readResource('shop://products/p1')
  expect(contents).toMatchObject([{ text: '{"id":"p1","name":"enamel kettle","price":48}' }])
})
