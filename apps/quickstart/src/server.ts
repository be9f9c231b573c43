/** A shop: models can find products, read one, and get a prompt. */
import { isMain, McpServer } from '@gangway/core'
import { z } from 'zod'

const product = z.object({ id: z.string(), name: z.string(), price: z.number() })
const catalog = [{ id: 'p1', name: 'enamel kettle', price: 48 }, { id: 'p2', name: 'reading lamp', price: 65 }]

const server = new McpServer({ name: 'shop', version: '1.0.0' })
  .tool('find_products', {
    description: 'Find products by name, up to a price',
    input: { name: z.string(), maxPrice: z.number().optional() },
    output: { products: z.array(product) }, // checked by the compiler, and at run time
  }, ({ name, maxPrice = Infinity }) => ({
    products: catalog.filter((item) => item.name.includes(name.toLowerCase()) && item.price <= maxPrice),
  }))
  .resource('shop://products/{id}', { title: 'A product' }, ({ id }) => catalog.find((item) => item.id === id))
  .prompt('gift', { args: { person: z.string() } }, ({ person }) => `Find a gift for ${person} in the shop, and say why it suits.`)

export default server
if (isMain(import.meta)) await server.run()
