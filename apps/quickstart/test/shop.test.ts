/** How a server is tested: in memory, by a client that knows its tools. */
import { connect } from '@gangway/core/testing'
import { expect, test } from 'vitest'
import server from '../src/server.ts'

test('products are found by name, up to a price', async () => {
  await using client = await connect(server)
  const { products } = await client.call.find_products({ name: 'lamp', maxPrice: 70 })
  expect(products).toEqual([{ id: 'p2', name: 'reading lamp', price: 65 }])
})

test('a product is a resource, for clients of 2024 as well', async () => {
  await using client = await connect(server, { revision: '2024-11-05' })
  const { contents } = await client.readResource('shop://products/p1')
  expect(contents).toMatchObject([{ text: '{"id":"p1","name":"enamel kettle","price":48}' }])
})
